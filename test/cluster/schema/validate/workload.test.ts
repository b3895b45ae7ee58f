import { describe, expect, it } from 'vitest';
import { errors, labels, podSpec, template } from './support.ts';

const workload = { selector: { matchLabels: labels }, template };

describe('workloads', () => {
  it('report all that is wrong with a deployment (recorded)', () => {
    const spec = {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'c' }] } },
    };
    expect(errors('apps/v1/deployments', { spec })).toEqual([
      'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
      'spec.template.spec.containers[0].image: Required value',
    ]);
  });

  it('do not change their selector (recorded)', () => {
    const changed = { ...workload, selector: { matchLabels: { a: 'b', q: 'r' } } };
    expect(errors('apps/v1/deployments', { spec: changed }, { spec: workload })).toEqual([
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"a":"b","q":"r"}}: field is immutable',
    ]);
  });

  it.each([
    [
      'apps/v1/deployments',
      { template },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'apps/v1/deployments',
      { selector: {}, template },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'apps/v1/statefulsets',
      { selector: {}, template },
      ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
    ],
    [
      'apps/v1/deployments',
      { ...workload, replicas: -1 },
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'apps/v1/replicasets',
      { ...workload, template: { ...template, spec: { ...podSpec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'batch/v1/jobs',
      { template },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'batch/v1/cronjobs',
      {
        schedule: 'daily',
        jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
      },
      ['spec.schedule: Invalid value: "daily": expected exactly 5 fields, found 1: [daily]'],
    ],
    [
      '/v1/replicationcontrollers',
      { selector: { a: 'c' }, template },
      [
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    ['apps/v1/deployments', workload, []],
    ['apps/v1/daemonsets', workload, []],
  ])('%s %#', (path, spec, expected) => {
    expect(errors(path, { spec })).toEqual(expected);
  });

  it('let a stateful set change only some fields', () => {
    const spec = { ...workload, serviceName: 's' };
    expect(errors('apps/v1/statefulsets', { spec: { ...spec, replicas: 3 } }, { spec })).toEqual([]);
    expect(errors('apps/v1/statefulsets', { spec: { ...spec, serviceName: 't' } }, { spec })).toEqual([
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ]);
  });
});
