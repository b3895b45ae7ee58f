import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../../../src/cluster/controllers/condition-list.ts';
import { parseIndexes, printIndexes } from '../../../src/cluster/controllers/job/index-ranges.ts';
import { jobs, pods } from '../../../src/cluster/controllers/kinds.ts';
import { isActive } from '../../../src/cluster/controllers/pods/pod-facts.ts';
import type { Job, Pod } from '../../../src/cluster/controllers/shapes.ts';
import { startWorld, type TestWorld } from './support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const annotation = 'batch.kubernetes.io/job-completion-index';
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'perl' }] } };
const make = (spec: object) => world.make(jobs, { metadata: { name: 'pi' }, spec: { template, ...spec } });
const indexed = (spec: object) =>
  make({ completions: 3, parallelism: 3, completionMode: 'Indexed', ...spec });
const active = async () => {
  await world.settle();
  return (await world.list(pods)).filter(isActive);
};
const indexOf = ({ metadata }: Pod) => metadata.annotations?.[annotation];
const end = async (pod: Pod | undefined, exitCode: number, more: object = {}) => {
  const terminated = { exitCode, reason: 'Error', finishedAt: '2026-11-24T00:00:00Z' };
  const ended = {
    name: 'main',
    restartCount: 0,
    ready: false,
    image: 'perl',
    imageID: '',
    state: { terminated },
    lastState: {},
  };
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  await world.setPod(pod?.metadata.name ?? '', phase, false, { containerStatuses: [ended], ...more });
  await world.settle();
};
const ofIndex = async (index: string) => (await active()).find((pod) => indexOf(pod) === index);
const pi = async () => {
  await world.settle();
  return (await world.get(jobs, 'pi')) as Job;
};
const condition = async (type: string) => conditionOf((await pi()).status.conditions, type);
const onExit = (action: string, ...values: number[]) => ({
  podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values } }] },
});

describe('what a failure counts for', () => {
  it('may be the whole job, at once', async () => {
    await make({ ...onExit('FailJob', 42), parallelism: 2, completions: 2 });
    const [first] = await active();
    await end(first, 42);
    expect(await condition('Failed')).toMatchObject({
      reason: 'PodFailurePolicy',
      message: `Container main for pod default/${first?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    });
    expect(await active()).toEqual([]);
  });

  it('may be nothing: the pod is replaced, and the limit stays where it was', async () => {
    await make({ ...onExit('Ignore', 42), backoffLimit: 0 });
    for (let time = 0; time < 3; time += 1) {
      const [pod] = await active();
      await end(pod, 42);
    }
    expect((await pi()).status).not.toHaveProperty('failed');
    const [pod] = await active();
    await end(pod, 1);
    expect(await condition('Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
  });

  it('may hang on a condition of the pod', async () => {
    const rules = [
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [2] } },
    ];
    await make({ podFailurePolicy: { rules } });
    const [pod] = await active();
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }];
    await end(pod, 137, { conditions });
    expect(await condition('FailureTarget')).toBeUndefined();
    const [next] = await active();
    await end(next, 2);
    expect((await pi()).status).toMatchObject({ failed: 1 });
    expect(await condition('FailureTarget')).toBeUndefined();
  });
});

describe('an index with a limit of its own', () => {
  it('fails alone, the job in the end', async () => {
    await indexed({ backoffLimitPerIndex: 1 });
    await end(await ofIndex('1'), 1);
    expect(await ofIndex('1')).toBeUndefined();
    await world.pass(10_000);
    const again = await ofIndex('1');
    expect(again?.metadata.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '1' });
    await end(again, 1);
    await world.pass(600_000);
    expect((await pi()).status).toMatchObject({ failedIndexes: '1', failed: 2 });
    expect((await active()).map(indexOf).toSorted()).toEqual(['0', '2']);
    await end(await ofIndex('0'), 0);
    await end(await ofIndex('2'), 0);
    expect((await pi()).status).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1' });
    expect(await condition('Failed')).toMatchObject({
      reason: 'FailedIndexes',
      message: 'Job has failed indexes',
    });
  });

  it('may fail at once, and too many of them the job', async () => {
    await indexed({ backoffLimitPerIndex: 5, maxFailedIndexes: 1, ...onExit('FailIndex', 7) });
    await end(await ofIndex('0'), 7);
    expect((await pi()).status).toMatchObject({ failedIndexes: '0' });
    expect(await condition('FailureTarget')).toBeUndefined();
    await end(await ofIndex('2'), 7);
    expect(await condition('Failed')).toMatchObject({ reason: 'MaxFailedIndexesExceeded' });
    expect(await active()).toEqual([]);
  });

  it('has done its work although its pod is gone', async () => {
    await indexed({});
    const first = await ofIndex('0');
    await end(first, 0);
    await world.remove(pods, first?.metadata.name ?? '');
    expect((await active()).map(indexOf).toSorted()).toEqual(['1', '2']);
    expect((await pi()).status).toMatchObject({ completedIndexes: '0', succeeded: 1 });
  });
});

describe('a job that has done enough', () => {
  it.each([
    [{ succeededIndexes: '0,2' }, ['0', '2']],
    [{ succeededCount: 1 }, ['1']],
    [{ succeededIndexes: '1-2', succeededCount: 1 }, ['2']],
  ])('%j is complete, and ends the rest', async (rule, succeeding) => {
    await indexed({ successPolicy: { rules: [{ succeededCount: 3 }, rule] } });
    for (const index of succeeding) {
      expect(await condition('SuccessCriteriaMet')).toBeUndefined();
      await end(await ofIndex(index), 0);
    }
    expect(await condition('Complete')).toMatchObject({
      reason: 'SuccessPolicy',
      message: 'Matched rules at index 1',
    });
    expect(await active()).toEqual([]);
  });
});

it('what is about to end keeps its place where only what has failed is replaced', async () => {
  await make({ podReplacementPolicy: 'Failed' });
  const [pod] = await active();
  const name = pod?.metadata.name ?? '';
  await world.bindPod(name);
  await world.remove(pods, name);
  expect(await active()).toEqual([]);
  expect((await pi()).status).toMatchObject({ terminating: 1 });
  await world.endPod(name);
  expect(await active()).toHaveLength(1);
});

it('indexes are told as ranges, and read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(40)), (indexes) => {
      const sorted = indexes.toSorted((a, b) => a - b);
      expect(parseIndexes(printIndexes(indexes), 41)).toEqual(sorted);
    }),
  );
  expect(printIndexes([5, 0, 1, 2, 8, 9])).toBe('0-2,5,8,9');
  expect(parseIndexes('0-99', 3)).toEqual([0, 1, 2]);
});
