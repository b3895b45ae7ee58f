import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../../../src/cluster/controllers/condition-list.ts';
import { jobs, pods } from '../../../src/cluster/controllers/kinds.ts';
import { isActive } from '../../../src/cluster/controllers/pods/pod-facts.ts';
import type { Job } from '../../../src/cluster/controllers/shapes.ts';
import { startWorld, type TestWorld } from './support.ts';

function job(spec: object = {}, podSpec: object = {}) {
  const template = {
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'perl' }], ...podSpec },
  };
  return { metadata: { name: 'pi' }, spec: { template, ...spec } };
}

describe('a job', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const active = async () => {
    await world.settle();
    return (await world.list(pods)).filter(isActive);
  };
  const end = async (phase: 'Succeeded' | 'Failed', count = 1) => {
    for (const { metadata } of (await active()).slice(0, count))
      await world.setPod(metadata.name ?? '', phase);
    await world.settle();
  };
  const pi = async () => {
    await world.settle();
    return (await world.get(jobs, 'pi')) as Job;
  };
  const condition = async (type: string) => conditionOf((await pi()).status.conditions, type);

  it('runs a pod and is complete when that has succeeded', async () => {
    await world.make(jobs, job());
    const [pod] = await active();
    expect(pod?.metadata).toMatchObject({
      name: expect.stringMatching(/^pi-[a-z0-9]{5}$/),
      labels: { 'batch.kubernetes.io/job-name': 'pi', 'job-name': 'pi' },
      ownerReferences: [{ kind: 'Job', name: 'pi' }],
    });
    expect((await pi()).status).toMatchObject({ active: 1, startTime: '2026-11-24T00:00:00Z' });
    await end('Succeeded');
    const { status } = await pi();
    expect(status).toMatchObject({ succeeded: 1, completionTime: '2026-11-24T00:00:00Z' });
    expect(status).not.toHaveProperty('active');
    expect(status.conditions?.map(({ type, status: is, reason }) => [type, is, reason])).toEqual([
      ['SuccessCriteriaMet', 'True', 'CompletionsReached'],
      ['Complete', 'True', 'CompletionsReached'],
    ]);
    expect(await active()).toEqual([]);
  });

  it('runs as many at a time as it may, until as many have succeeded as it wants', async () => {
    await world.make(jobs, job({ completions: 5, parallelism: 2 }));
    for (const left of [2, 2, 2, 2, 1]) {
      expect(await active()).toHaveLength(left);
      await end('Succeeded');
    }
    expect((await pi()).status).toMatchObject({ succeeded: 5 });
    expect(await condition('Complete')).toMatchObject({ status: 'True' });
  });

  it('tries again, later and later, until it has failed too often', async () => {
    await world.make(jobs, job({ backoffLimit: 2 }));
    await end('Failed');
    expect(await active()).toEqual([]);
    await world.pass(10_000);
    await end('Failed');
    await world.pass(10_000);
    expect(await active()).toEqual([]);
    await world.pass(20_000);
    await end('Failed');
    expect(await condition('Failed')).toMatchObject({
      status: 'True',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    });
    expect((await pi()).status).toMatchObject({ failed: 3 });
    await world.pass(3_600_000);
    expect(await active()).toEqual([]);
  });

  it('counts restarts when pods are restarted, and stays failed when they are gone', async () => {
    await world.make(jobs, job({ backoffLimit: 1 }, { restartPolicy: 'OnFailure' }));
    const [pod] = await active();
    const containerStatuses = [
      { name: 'main', restartCount: 2, ready: false, image: 'perl', imageID: '', state: {}, lastState: {} },
    ];
    await world.setPod(pod?.metadata.name ?? '', 'Running', false, { containerStatuses });
    expect(await condition('Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' });
    expect(await active()).toEqual([]);
    expect((await pi()).status).toMatchObject({ failed: 1 });
  });

  it('gives up at its deadline', async () => {
    await world.make(jobs, job({ activeDeadlineSeconds: 30 }));
    expect(await active()).toHaveLength(1);
    await world.pass(30_000);
    expect(await condition('Failed')).toMatchObject({ status: 'True', reason: 'DeadlineExceeded' });
    expect(await active()).toEqual([]);
  });

  it('goes away when its time is over', async () => {
    await world.make(jobs, job({ ttlSecondsAfterFinished: 60 }));
    await end('Succeeded');
    await world.pass(59_000);
    expect(await pi()).toBeDefined();
    await world.pass(1_000);
    expect(await pi()).toBeUndefined();
    expect(await world.list(pods)).toEqual([]);
  });

  it('has no pods while it is suspended', async () => {
    await world.make(jobs, job());
    expect(await active()).toHaveLength(1);
    const suspend = (is: boolean) =>
      world.change(jobs, 'pi', (object) => ({ ...object, spec: { ...object.spec, suspend: is } }));
    await suspend(true);
    expect(await active()).toEqual([]);
    expect(await condition('Suspended')).toMatchObject({ status: 'True', reason: 'JobSuspended' });
    await suspend(false);
    expect(await active()).toHaveLength(1);
    expect(await condition('Suspended')).toMatchObject({ status: 'False', reason: 'JobResumed' });
  });

  it('numbers its pods when they are indexed', async () => {
    await world.make(jobs, job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }));
    const indexes = async () =>
      (await active()).map(
        ({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'],
      );
    expect((await indexes()).toSorted()).toEqual(['0', '1', '2']);
    const first = (await active()).find(({ metadata }) => metadata.name?.startsWith('pi-0-'));
    expect(first?.spec.hostname).toBe('pi-0');
    await world.setPod(first?.metadata.name ?? '', 'Succeeded');
    expect((await pi()).status).toMatchObject({ completedIndexes: '0' });
    await end('Succeeded', 2);
    expect((await pi()).status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 });
  });
});
