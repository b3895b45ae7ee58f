import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pods, quotas } from '../../../src/cluster/controllers/kinds.ts';
import { startWorld } from '../controllers/support.ts';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const root = '/api/v1/namespaces/default';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const quota = (name: string, hard: Record<string, string>, spec: object = {}) =>
  cluster.send('POST', `${root}/resourcequotas`, { metadata: { name }, spec: { hard, ...spec } });
const pod = (name: string, resources: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', resources }] },
});
const make = (resource: string, object: object) => cluster.send('POST', `${root}/${resource}`, object);
const statusOf = async (name: string) =>
  (await cluster.send('GET', `${root}/resourcequotas/${name}`)).json.status;

describe('a quota', () => {
  it('is spent, and then nothing more is made', async () => {
    await quota('q', { pods: '2', 'requests.cpu': '1', 'limits.memory': '2Gi' });
    const resources = { requests: { cpu: '400m' }, limits: { memory: '1Gi' } };
    expect((await make('pods', pod('a', resources))).code).toBe(201);
    expect(await statusOf('q')).toEqual({
      hard: { pods: '2', 'requests.cpu': '1', 'limits.memory': '2Gi' },
      used: { pods: '1', 'requests.cpu': '400m', 'limits.memory': '1Gi' },
    });
    const large = await make('pods', pod('b', { requests: { cpu: '700m' }, limits: { memory: '512Mi' } }));
    expect([large.code, large.json.message]).toEqual([
      403,
      'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=700m, used: requests.cpu=400m, limited: requests.cpu=1',
    ]);
    expect((await make('pods', pod('b', resources))).code).toBe(201);
    expect((await make('pods', pod('c', resources))).json.message).toContain(
      'exceeded quota: q, requested: limits.memory=1Gi,pods=1,requests.cpu=400m',
    );
    // What is gone is free again.
    await cluster.send('DELETE', `${root}/pods/a`);
    expect((await make('pods', pod('c', resources))).code).toBe(201);
  });

  it('wants to be told what it limits', async () => {
    await quota('q', { cpu: '1', 'limits.memory': '1Gi' });
    expect((await make('pods', pod('a'))).json.message).toBe(
      'pods "a" is forbidden: failed quota: q: must specify cpu for: c; limits.memory for: c',
    );
  });

  it('counts objects of every kind, and is not spent by a dry run', async () => {
    await quota('q', { configmaps: '2', 'count/deployments.apps': '0', 'services.nodeports': '1' });
    // There is one already: the cluster's certificate authority.
    expect((await make('configmaps?dryRun=All', configMap('a'))).code).toBe(201);
    expect((await make('configmaps', configMap('a'))).code).toBe(201);
    expect((await make('configmaps', configMap('b'))).json.message).toContain('used: configmaps=2');
    expect((await make('configmaps?dryRun=All', configMap('b'))).code).toBe(403);
    const service = (ports: number[]) => ({
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: ports.map((port) => ({ port, name: `p${port}` })) },
    });
    expect((await make('services', service([80, 81]))).code).toBe(403);
    expect((await make('services', service([80]))).code).toBe(201);
  });

  it('gives the last one to one of many', async () => {
    await quota('q', { 'count/configmaps': '4' });
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const codes = await Promise.all(
      names.map(async (name) => (await make('configmaps', configMap(name))).code),
    );
    expect(codes.filter((code) => code === 201)).toHaveLength(3);
    expect(codes.filter((code) => code === 403)).toHaveLength(9);
    expect((await statusOf('q')).used).toEqual({ 'count/configmaps': '4' });
  });

  it('may be about some pods only', async () => {
    await quota('q', { pods: '0' }, { scopes: ['BestEffort'] });
    expect((await make('pods', pod('a'))).code).toBe(403);
    expect((await make('pods', pod('b', { requests: { cpu: '1' } }))).code).toBe(201);
  });
});

describe('the quota controller', () => {
  it('counts what there is, and gives back what has ended', async () => {
    const world = await startWorld();
    const spec = { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] };
    await world.make(pods, { metadata: { name: 'before' }, spec });
    await world.make(quotas, { metadata: { name: 'q' }, spec: { hard: { pods: '3', cpu: '5' } } });
    await world.make(pods, { metadata: { name: 'after' }, spec });
    await world.settle();
    const used = async () => (await world.get(quotas, 'q'))?.status.used;
    expect(await used()).toEqual({ pods: '2', cpu: '2' });
    await world.setPod('before', 'Succeeded');
    await world.settle();
    expect(await used()).toEqual({ pods: '1', cpu: '1' });
    await world.remove(pods, 'after');
    await world.settle();
    expect(await used()).toEqual({ pods: '0', cpu: '0' });
    await world.close();
  });
});
