import { describe, expect, it } from 'vitest';
import { errors, podSpec } from './support.ts';

const template = { spec: { ...podSpec, restartPolicy: 'Never' } };
const job = (more: object) => ({ spec: { template, ...more } });
const policy = (rule: object, more: object = {}) => job({ podFailurePolicy: { rules: [rule] }, ...more });
const rulePath = 'spec.podFailurePolicy.rules[0]';
const exits = (values: readonly number[], more: object = {}) =>
  policy({ action: 'FailJob', onExitCodes: { operator: 'In', values, ...more } });

describe('jobs', () => {
  it.each([
    [job({ backoffLimit: -1 }), ['spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0']],
    [
      job({ completionMode: 'Indexed', parallelism: 2 }),
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      job({ completionMode: 'Some' }),
      ['spec.completionMode: Unsupported value: "Some": supported values: "NonIndexed", "Indexed"'],
    ],
    [
      job({ backoffLimitPerIndex: 1 }),
      ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    ],
    [
      job({ completionMode: 'Indexed', completions: 2, maxFailedIndexes: 3, backoffLimitPerIndex: 1 }),
      ['spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions'],
    ],
    [
      job({ successPolicy: { rules: [] } }),
      ['spec.successPolicy: Invalid value: {"Rules":null}: requires indexed completion mode'],
    ],
    [exits([1, 2]), []],
    [
      exits([2, 1, 1]),
      [
        `${rulePath}.onExitCodes.values[2]: Duplicate value: 1`,
        `${rulePath}.onExitCodes.values: Invalid value: [2,1,1]: must be ordered`,
      ],
    ],
    [exits([0]), [`${rulePath}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`]],
    [exits([]), [`${rulePath}.onExitCodes.values: Invalid value: null: at least one value is required`]],
    [
      exits([1], { containerName: 'z' }),
      [
        `${rulePath}.onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template`,
      ],
    ],
    [
      policy({ action: 'Ignore' }),
      [`${rulePath}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`],
    ],
    [
      policy({ action: 'Hide', onExitCodes: { operator: 'In', values: [1] } }),
      [
        `${rulePath}.action: Unsupported value: "Hide": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
      ],
    ],
    [
      policy({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }),
      [`${rulePath}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`],
    ],
    [
      policy(
        { action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } },
        { template: { spec: { ...podSpec, restartPolicy: 'OnFailure' } } },
      ),
      [
        'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    ],
  ])('%#: %j', (object, expected) => {
    expect(errors('batch/v1/jobs', object)).toEqual(expected);
  });

  it('change their completions with their parallelism, if they count indexes', () => {
    const indexed = (completions: number, parallelism: number) =>
      job({ completionMode: 'Indexed', completions, parallelism });
    const path = 'batch/v1/jobs';
    expect(errors(path, indexed(3, 3), indexed(2, 2))).toEqual([]);
    expect(errors(path, indexed(3, 2), indexed(2, 2))).toEqual([
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ]);
    expect(errors(path, job({ completions: 3 }), job({ completions: 2 }))).toEqual([
      'spec.completions: Invalid value: 3: field is immutable',
    ]);
  });
});

describe('where the pods of a job may go', () => {
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } },
  };
  const elsewhere = {
    metadata: { labels: { zone: 'a' } },
    spec: { ...template.spec, nodeSelector: { zone: 'a' }, tolerations: [{ operator: 'Exists' }], affinity },
  };
  const suspended = job({ suspend: true });
  const moved = (more: object) => ({ spec: { ...suspended.spec, template: elsewhere }, ...more });

  it('can be changed while it is suspended and has not begun', () => {
    expect(errors('batch/v1/jobs', moved({}), suspended)).toEqual([]);
    expect(errors('batch/v1/jobs', suspended, moved({}))).toEqual([]);
  });

  it.each([
    [job({ suspend: false }), {}],
    [{ ...suspended, status: { startTime: '2026-01-01T00:00:00Z' } }, {}],
    [suspended, { containers: [{ name: 'c', image: 'other' }] }],
  ])('cannot be changed later, nor anything else: %#', (old, more) => {
    const wanted = {
      spec: { ...suspended.spec, template: { ...elsewhere, spec: { ...elsewhere.spec, ...more } } },
    };
    expect(errors('batch/v1/jobs', wanted, old)).toEqual([
      expect.stringMatching(/^spec\.template: .*field is immutable$/s),
    ]);
  });
});

describe('cron jobs', () => {
  const jobTemplate = { spec: { template } };

  it.each([
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['@often', 'unrecognized descriptor: @often'],
    ['@every day', 'failed to parse duration @every day: time: invalid duration "day"'],
    ['TZ=UTC * * * * *', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ])('are refused with the schedule %s', (schedule, detail) => {
    expect(errors('batch/v1/cronjobs', { spec: { schedule, jobTemplate } })).toEqual([
      `spec.schedule: Invalid value: "${schedule}": ${detail}`,
    ]);
  });

  it.each(['@hourly', '@every 1h30m', '*/5 0-6/2 1,15 JAN-mar ?', '0 12 * * MON'])(
    'take the schedule %s',
    (schedule) => {
      expect(errors('batch/v1/cronjobs', { spec: { schedule, jobTemplate } })).toEqual([]);
    },
  );

  it.each([
    ['Mars/Base', 'unknown time zone Mars/Base'],
    ['Local', 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'],
    ['', 'timeZone must be nil or non-empty string'],
  ])('are refused with the time zone %j', (timeZone, detail) => {
    const spec = { schedule: '@daily', timeZone, jobTemplate };
    expect(errors('batch/v1/cronjobs', { spec })).toEqual([
      `spec.timeZone: Invalid value: "${timeZone}": ${detail}`,
    ]);
  });
});
