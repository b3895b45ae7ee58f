import { describe, expect, it } from 'vitest';
import { errors, labels, podSpec, template } from './support.ts';

const workload = { selector: { matchLabels: labels }, template };
const at = 'spec.strategy.rollingUpdate';
const rolling = (rollingUpdate: object) => ({
  ...workload,
  strategy: { type: 'RollingUpdate', rollingUpdate },
});
const daemon = (rollingUpdate: object) => ({
  ...workload,
  updateStrategy: { type: 'RollingUpdate', rollingUpdate },
});

describe('how pods are replaced', () => {
  it.each([
    [
      'deployments',
      { ...workload, strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      [`${at}: Forbidden: may not be specified when strategy \`type\` is 'Recreate'`],
    ],
    [
      'deployments',
      { ...workload, strategy: { type: 'Magic' } },
      [
        'spec.strategy: Unsupported value: {"Type":"Magic","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'deployments',
      rolling({ maxSurge: 0, maxUnavailable: 0 }),
      [`${at}.maxUnavailable: Invalid value: 0: may not be 0 when \`maxSurge\` is 0`],
    ],
    [
      'deployments',
      rolling({ maxSurge: '5', maxUnavailable: '150%' }),
      [
        `${at}.maxSurge: Invalid value: "5": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
        `${at}.maxUnavailable: Invalid value: "150%": must not be greater than 100%`,
      ],
    ],
    [
      'deployments',
      rolling({ maxSurge: -1, maxUnavailable: 1 }),
      [`${at}.maxSurge: Invalid value: -1: must be greater than or equal to 0`],
    ],
    [
      'deployments',
      { ...workload, progressDeadlineSeconds: 10, minReadySeconds: 10 },
      ['spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds'],
    ],
    [
      'deployments',
      { ...workload, revisionHistoryLimit: -1 },
      ['spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'deployments',
      { ...workload, template: { ...template, spec: { ...podSpec, activeDeadlineSeconds: 3 } } },
      [
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
      ],
    ],
    [
      'deployments',
      { ...workload, selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
        expect.stringMatching(/^spec\.selector: Invalid value: .*: invalid label selector$/),
      ],
    ],
    [
      'statefulsets',
      { ...workload, podManagementPolicy: 'Random' },
      ["spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"],
    ],
    [
      'statefulsets',
      { ...workload, updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      [
        'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
      ],
    ],
    [
      'statefulsets',
      { ...workload, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } },
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0'],
    ],
    [
      'statefulsets',
      { ...workload, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep', whenScaled: 'Delete' } },
      [
        'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
      ],
    ],
    [
      'statefulsets',
      { ...workload, serviceName: 'a.b' },
      [expect.stringMatching(/^spec\.serviceName: Invalid value: "a\.b": .*dots|RFC 1123 label/)],
    ],
    [
      'daemonsets',
      daemon({ maxUnavailable: 1, maxSurge: 1 }),
      [
        'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
      ],
    ],
    [
      'daemonsets',
      daemon({ maxUnavailable: 0, maxSurge: 0 }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ],
  ])('%s %#', (resource, spec, expected) => {
    expect(errors(`apps/v1/${resource}`, { spec })).toEqual(expected);
  });
});

describe('budgets', () => {
  it.each([
    [{ minAvailable: '120%' }, ['spec.minAvailable: Invalid value: "120%": must not be greater than 100%']],
    [{ maxUnavailable: -1 }, ['spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0']],
    [
      { minAvailable: 1, selector: { matchLabels: { a: '-' } } },
      [expect.stringMatching(/^spec\.selector\.matchLabels: Invalid value: "-": a valid label/)],
    ],
  ])('%j', (spec, expected) => {
    expect(errors('policy/v1/poddisruptionbudgets', { spec })).toEqual(expected);
  });
});
