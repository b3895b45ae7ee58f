import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

/** Recorded from a kube-apiserver 1.35.4: what is wrong, in its order. */
describe('workloads are refused in order', () => {
  it.each<readonly [string, object, readonly string[]]>([
    [
      'apps/v1/deployments',
      { spec: {} },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
        'spec.template.spec.containers: Required value',
      ],
    ],
    [
      'apps/v1/deployments',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: {},
        },
      },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'apps/v1/deployments',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchExpressions: [{ key: 'a', operator: 'x' }] },
        },
      },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "x": not a valid selector operator',
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"x"}]}: invalid label selector',
      ],
    ],
    [
      'apps/v1/deployments',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          strategy: { type: 'x', rollingUpdate: { maxSurge: 1 } },
        },
      },
      [
        'spec.strategy: Unsupported value: {"Type":"x","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":1}}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'apps/v1/deployments',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 'x' } },
          progressDeadlineSeconds: 5,
          minReadySeconds: 6,
          revisionHistoryLimit: -1,
        },
      },
      [
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "x": may not be 0 when `maxSurge` is 0',
        'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
        'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
      ],
    ],
    [
      'apps/v1/statefulsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          revisionHistoryLimit: -1,
        },
      },
      [],
    ],
    [
      'apps/v1/statefulsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          volumeClaimTemplates: [
            {
              metadata: { name: 'd' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
            {
              metadata: { name: 'd' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        },
      },
      [],
    ],
    [
      'apps/v1/statefulsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          volumeClaimTemplates: [{}],
        },
      },
      [
        'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
        'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
        'spec.template.spec.volumes[0].persistentVolumeClaim.claimName: Required value',
        'spec.template.spec.volumes[0].name: Required value',
      ],
    ],
    [
      'apps/v1/statefulsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } },
          podManagementPolicy: 'x',
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'x' },
        },
      },
      [
        "spec.podManagementPolicy: Invalid value: \"x\": must be 'OrderedReady' or 'Parallel'",
        'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
        'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "x": supported values: "Retain", "Delete"',
      ],
    ],
    [
      'apps/v1/statefulsets',
      {
        spec: {
          template: {
            metadata: { labels: { a: 'b' } },
            spec: {
              containers: [{ name: 'c', image: 'i' }],
              restartPolicy: 'Never',
              activeDeadlineSeconds: 5,
            },
          },
          selector: { matchLabels: { a: 'b' } },
          ordinals: { start: -1 },
        },
      },
      [
        'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
      ],
    ],
    [
      'apps/v1/daemonsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
      [
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'apps/v1/daemonsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          updateStrategy: { type: 'x' },
        },
      },
      [
        'spec.updateStrategy: Unsupported value: {"Type":"x","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
      ],
    ],
    [
      'apps/v1/daemonsets',
      {
        spec: {
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          selector: { matchLabels: { a: 'b' } },
          updateStrategy: { rollingUpdate: { maxSurge: 'x', maxUnavailable: 0 } },
        },
      },
      [
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
      ],
    ],
    [
      '/v1/replicationcontrollers',
      { spec: {} },
      ['spec.selector: Required value', 'spec.template: Required value'],
    ],
    [
      '/v1/replicationcontrollers',
      {
        spec: {
          selector: { q: 'r' },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          minReadySeconds: -1,
          replicas: -1,
        },
      },
      [
        'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});
