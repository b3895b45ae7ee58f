import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cronJobs, jobs, pods } from '../../../src/cluster/controllers/kinds.ts';
import { isActive } from '../../../src/cluster/controllers/pods/pod-facts.ts';
import type { CronJob } from '../../../src/cluster/controllers/shapes.ts';
import { parseSchedule } from '../../../src/cluster/cron/index.ts';
import { coreType } from '../../../src/cluster/resources/index.ts';
import { startWorld, type TestWorld } from './support.ts';

const minute = 60_000;

function cronJob(spec: object = {}) {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'perl' }] } };
  return {
    metadata: { name: 'tick' },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template } }, ...spec },
  };
}

describe('a cron job', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const tick = async () => (await world.get(cronJobs, 'tick')) as CronJob;
  const names = async () => (await world.list(jobs)).map(({ metadata }) => metadata.name);
  const reasons = async () => (await world.list(coreType('events'))).map(({ reason }) => reason);
  const endAll = async (phase: string) => {
    for (const { metadata } of (await world.list(pods)).filter(isActive))
      await world.setPod(metadata.name ?? '', phase);
    await world.settle();
  };

  it('makes a job whenever it is time', async () => {
    await world.make(cronJobs, cronJob());
    await world.pass(5 * minute - 1);
    expect(await names()).toEqual([]);
    await world.pass(1);
    const [job] = await world.list(jobs);
    expect(job?.metadata).toMatchObject({
      name: `tick-${Date.parse('2026-11-24T00:05:00Z') / minute}`,
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-24T00:05:00Z' },
      ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }],
    });
    expect((await tick()).status).toMatchObject({
      active: [{ kind: 'Job', name: job?.metadata.name }],
      lastScheduleTime: '2026-11-24T00:05:00Z',
    });
    await endAll('Succeeded');
    expect((await tick()).status).not.toHaveProperty('active');
    expect((await tick()).status.lastSuccessfulTime).toBe('2026-11-24T00:05:00Z');
  });

  it.each([
    ['Allow', 2, 2],
    ['Forbid', 1, 1],
    ['Replace', 1, 1],
  ] as const)('%s: when the last one still runs', async (concurrencyPolicy, count, running) => {
    await world.make(cronJobs, cronJob({ concurrencyPolicy }));
    await world.pass(5 * minute);
    const [first] = await names();
    await world.pass(5 * minute);
    expect(await names()).toHaveLength(count);
    expect((await names()).includes(first)).toBe(concurrencyPolicy !== 'Replace');
    expect((await tick()).status['active']).toHaveLength(running);
    expect((await reasons()).includes('JobAlreadyActive')).toBe(concurrencyPolicy === 'Forbid');
  });

  it('keeps as many finished jobs as it is told to', async () => {
    await world.make(cronJobs, cronJob({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 0 }));
    for (let run = 0; run < 4; run++) {
      await world.pass(5 * minute);
      await endAll('Succeeded');
    }
    expect(await names()).toHaveLength(2);
    expect(await reasons()).toContain('SawCompletedJob');
  });

  it('rests while it is suspended, and makes up for the last run only', async () => {
    await world.make(cronJobs, cronJob({ suspend: true }));
    await world.pass(32 * minute);
    expect(await names()).toEqual([]);
    await world.change(cronJobs, 'tick', (object) => ({
      ...object,
      spec: { ...object.spec, suspend: false },
    }));
    await world.settle();
    expect(await names()).toEqual([`tick-${Date.parse('2026-11-24T00:30:00Z') / minute}`]);
  });
});

describe('a schedule', () => {
  const next = (text: string, from: string, zone?: string) => {
    const time = parseSchedule(text, zone)?.next(Date.parse(from));
    return time === undefined ? undefined : new Date(time).toISOString();
  };

  it('may be a distance', () => {
    expect(next('@every 1h30m', '2026-01-01T00:00:10.5Z')).toBe('2026-01-01T01:30:10.000Z');
    expect(next('@every 1.5s', '2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:01.000Z');
  });

  it.each([
    ['* * * * *', '2026-11-24T00:00:00Z', '2026-11-24T00:01:00.000Z'],
    ['@hourly', '2026-11-24T00:30:00Z', '2026-11-24T01:00:00.000Z'],
    ['0 9 * * mon-fri', '2026-11-27T09:00:00Z', '2026-11-30T09:00:00.000Z'],
    ['15,45 */6 * * *', '2026-11-24T00:20:00Z', '2026-11-24T00:45:00.000Z'],
    ['0 0 29 2 *', '2026-11-24T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 13 * fri', '2026-11-14T00:00:00Z', '2026-11-20T00:00:00.000Z'],
    ['0 0 30 feb *', '2026-11-24T00:00:00Z', undefined],
  ])('%s after %s', (text, from, expected) => {
    expect(next(text, from)).toBe(expected);
  });

  it('counts in its zone, summer time included', () => {
    expect(next('30 8 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T06:30:00.000Z');
    expect(next('0 0 * * *', '2026-11-24T12:00:00Z', 'Asia/Kolkata')).toBe('2026-11-24T18:30:00.000Z');
  });

  it.each(['', '* * * *', '60 * * * *', '* * * * 8', '*/0 * * * *', 'a b c d e', '5-1 * * * *'])(
    '%s is none',
    (text) => {
      expect(parseSchedule(text)).toBeUndefined();
    },
  );

  it('finds the first minute that fits, and none before', () => {
    const field = (max: number) => fc.oneof(fc.constant('*'), fc.integer({ min: 1, max }).map(String));
    fc.assert(
      fc.property(field(59), field(23), fc.integer({ min: 0, max: 2 ** 31 }), (minutes, hours, seconds) => {
        const from = seconds * 1000;
        const found = parseSchedule(`${minutes} ${hours} * * *`)?.next(from) ?? Number.NaN;
        const fits = (time: number) => {
          const date = new Date(time);
          return (
            (minutes === '*' || date.getUTCMinutes() === Number(minutes)) &&
            (hours === '*' || date.getUTCHours() === Number(hours))
          );
        };
        expect(found % minute).toBe(0);
        expect(found).toBeGreaterThan(from);
        expect(fits(found)).toBe(true);
        for (let time = found - minute; time > from; time -= minute) expect(fits(time)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
