import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

/** Recorded from a kube-apiserver 1.35.4: what is wrong, in its order. */
describe('jobs are refused in order', () => {
  it.each<readonly [string, object, readonly string[]]>([
    [
      'batch/v1/jobs',
      { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'x',
        },
      },
      ['spec.completionMode: Unsupported value: "x": supported values: "NonIndexed", "Indexed"'],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          podReplacementPolicy: 'x',
        },
      },
      [
        'spec.podReplacementPolicy: Unsupported value: "x": supported values: "Failed", "TerminatingOrFailed"',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          manualSelector: true,
        },
      },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          podFailurePolicy: { rules: [{ action: 'x', onExitCodes: { operator: 'x' } }] },
        },
      },
      [
        'spec.podFailurePolicy.rules[0].action: Unsupported value: "x": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
        'spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: "x": supported values: "In", "NotIn"',
        'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: null: at least one value is required',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          podFailurePolicy: { rules: [{ onPodConditions: [{ type: '-', status: 'x' }] }] },
        },
      },
      [
        'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
        "spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: \"-\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: "x": supported values: "False", "True", "Unknown"',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          podFailurePolicy: {
            rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [0, 2, 1, 1] } }],
          },
        },
      },
      [
        'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[3]: Duplicate value: 1',
        'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,2,1,1]: must be ordered',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          podFailurePolicy: {
            rules: [
              {
                action: 'Ignore',
                onPodConditions: [{ type: 'a' }],
                onExitCodes: { operator: 'NotIn', values: [1], containerName: 'z' },
              },
            ],
          },
        },
      },
      [
        'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template',
        'spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{}] },
        },
      },
      [
        'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{ succeededIndexes: '0-1-2' }] },
        },
      },
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-1-2": error parsing succeededIndexes: the fragment "0-1-2" violates the requirement that an index interval can have at most two parts separated by \'-\'',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{ succeededIndexes: '1,0' }] },
        },
      },
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1,0": error parsing succeededIndexes: non-increasing order, previous: 1, current: 0',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{ succeededIndexes: '2' }] },
        },
      },
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "2": error parsing succeededIndexes: too large index: "2"',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{ succeededIndexes: 'a' }] },
        },
      },
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{ succeededIndexes: '0', succeededCount: 3 }] },
        },
      },
      [
        'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of specified completions)',
        'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 1 (the number of indexes in the specified succeededIndexes field)',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          successPolicy: { rules: [{ succeededCount: -1 }] },
        },
      },
      ['spec.successPolicy.rules[0].succeededCount: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          successPolicy: { rules: [{ succeededIndexes: '0' }] },
        },
      },
      [
        'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":"0","SucceededCount":null}]}: requires indexed completion mode',
      ],
    ],
    [
      'batch/v1/jobs',
      {
        spec: {
          template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
          completionMode: 'Indexed',
          completions: 2,
          maxFailedIndexes: 3,
        },
      },
      [
        'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions',
      ],
    ],
    [
      'batch/v1/cronjobs',
      {
        spec: {
          schedule: '',
          jobTemplate: {
            spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } } },
          },
        },
      },
      ['spec.schedule: Required value'],
    ],
    [
      'batch/v1/cronjobs',
      {
        spec: {
          schedule: 'x',
          jobTemplate: {
            spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } } },
          },
          concurrencyPolicy: 'x',
          successfulJobsHistoryLimit: -1,
          startingDeadlineSeconds: -1,
        },
      },
      [
        'spec.schedule: Invalid value: "x": expected exactly 5 fields, found 1: [x]',
        'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.concurrencyPolicy: Unsupported value: "x": supported values: "Allow", "Forbid", "Replace"',
        'spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'batch/v1/cronjobs',
      {
        spec: {
          schedule: '* * * * *',
          jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } },
          timeZone: 'Nowhere/At',
        },
      },
      [
        'spec.timeZone: Invalid value: "Nowhere/At": unknown time zone Nowhere/At',
        'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      ],
    ],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});
