import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support.ts';

const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const priorityClass = (name: string, more: object) =>
  cluster.send('POST', classes, { metadata: { name }, ...more });
const pod = (name: string, more: object = {}) =>
  cluster.send('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i' }], ...more },
  });
const priorityOf = async (sent: ReturnType<typeof pod>) => {
  const { priorityClassName, priority, preemptionPolicy } = (await sent).json.spec;
  return { priorityClassName, priority, preemptionPolicy };
};

describe('a priority class', () => {
  it("is a pod's priority, also one of the cluster's own", async () => {
    await priorityClass('batch', { value: -10, preemptionPolicy: 'Never' });
    expect(await priorityOf(pod('a', { priorityClassName: 'batch' }))).toEqual({
      priorityClassName: 'batch',
      priority: -10,
      preemptionPolicy: 'Never',
    });
    expect(await priorityOf(pod('b', { priorityClassName: 'system-node-critical' }))).toEqual({
      priorityClassName: 'system-node-critical',
      priority: 2_000_001_000,
      preemptionPolicy: 'PreemptLowerPriority',
    });
  });

  it('must be there, and no pod may say another value', async () => {
    expect((await pod('a', { priorityClassName: 'absent' })).json.message).toBe(
      'pods "a" is forbidden: no PriorityClass with name absent was found',
    );
    expect((await pod('a', { priority: 7 })).json.message).toBe(
      'pods "a" is forbidden: the integer value of priority (7) must not be provided in pod spec; ' +
        'priority admission controller computed 0 from the given PriorityClass name',
    );
    const preempting = { priorityClassName: 'system-cluster-critical', preemptionPolicy: 'Never' };
    expect((await pod('a', preempting)).json.message).toBe(
      'pods "a" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; ' +
        'priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    );
  });

  it('may be for all pods that name none, and only one may', async () => {
    expect(await priorityOf(pod('before'))).toEqual({
      priorityClassName: undefined,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    });
    await priorityClass('usual', { value: 5, globalDefault: true });
    await priorityClass('other', { value: 6 });
    expect(await priorityOf(pod('after'))).toEqual({
      priorityClassName: 'usual',
      priority: 5,
      preemptionPolicy: 'PreemptLowerPriority',
    });
    const text = 'is forbidden: PriorityClass usual is already marked as default. Only one default can exist';
    expect((await priorityClass('second', { value: 7, globalDefault: true })).json.message).toBe(
      `priorityclasses.scheduling.k8s.io "second" ${text}`,
    );
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const change = (name: string, patch: object) => cluster.send('PATCH', `${classes}/${name}`, patch, merge);
    expect((await change('other', { globalDefault: true })).json.message).toBe(
      `priorityclasses.scheduling.k8s.io "other" ${text}`,
    );
    expect((await change('usual', { description: 'as usual' })).code).toBe(200);
  });

  it("of the cluster's own cannot go", async () => {
    const { code, json } = await cluster.send('DELETE', `${classes}/system-node-critical`);
    expect([code, json.message]).toEqual([
      403,
      'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: ' +
        'this is a system priority class and cannot be deleted',
    ]);
  });
});
