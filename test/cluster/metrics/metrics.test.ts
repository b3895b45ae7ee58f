import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerUsage } from '../../../src/cluster/metrics/container-usage.ts';
import { eventually, startCluster, type TestCluster } from '../support.ts';

const metrics = '/apis/metrics.k8s.io/v1beta1';
const root = '/api/v1/namespaces/default/pods';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ runsPods: true });
});
afterEach(() => cluster.close());

const container = (name: string, requests: object = {}, more: object = {}) => ({
  name,
  image: 'i',
  resources: { requests },
  ...more,
});

async function run(name: string, annotations: Record<string, string>, ...containers: object[]) {
  const object = { metadata: { name, annotations, labels: { app: name } }, spec: { containers } };
  const made = await cluster.send('POST', root, object);
  expect(made.code).toBe(201);
  await eventually(async () => {
    const { status } = (await cluster.send('GET', `${root}/${name}`)).json;
    return status.phase === 'Running' ? true : undefined;
  });
}
const usagesOf = async (name: string) => {
  const { json } = await cluster.send('GET', `${metrics}/namespaces/default/pods/${name}`);
  return json.containers.map(({ usage }: { usage: object }) => usage);
};

describe('metrics.k8s.io', () => {
  it('tells what the containers of a pod use, the same at every look', async () => {
    await run('a', {}, container('one', { cpu: '100m', memory: '100Mi' }), container('two'));
    const first = await cluster.send('GET', `${metrics}/namespaces/default/pods/a`);
    expect(first.json).toMatchObject({
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'a', namespace: 'default', labels: { app: 'a' } },
      timestamp: '2026-11-24T00:00:00Z',
      window: '15s',
      containers: [{ name: 'one' }, { name: 'two' }],
    });
    const [{ cpu, memory }] = await usagesOf('a');
    expect(Number.parseInt(cpu, 10)).toBeGreaterThanOrEqual(30e6);
    expect(Number.parseInt(cpu, 10)).toBeLessThanOrEqual(70e6);
    expect(Number.parseInt(memory, 10)).toBeLessThanOrEqual(70 * 1024);
    expect((await cluster.send('GET', `${metrics}/namespaces/default/pods/a`)).json).toEqual(first.json);
  });

  it('adds up to what nodes use, and is selected by labels', async () => {
    const exactly = { 'sallyport.dev/usage': 'cpu=1500m,memory=1Gi' };
    await run('a', exactly, container('c'));
    await run('b', exactly, container('c'));
    const node = await cluster.send('GET', `${metrics}/nodes/sallyport-node`);
    expect(node.json).toMatchObject({
      kind: 'NodeMetrics',
      usage: { cpu: '3120000000n', memory: '2752512Ki' },
    });
    const list = await cluster.send('GET', `${metrics}/pods?labelSelector=app%3Da`);
    expect(list.json).toMatchObject({ kind: 'PodMetricsList', items: [{ metadata: { name: 'a' } }] });
    expect(list.json.items).toHaveLength(1);
    const Accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const table = await cluster.send('GET', `${metrics}/pods`, undefined, { Accept });
    expect(table.json.rows.map(({ cells }: { cells: unknown }) => cells)).toEqual([
      ['a', '1500m', '1Gi', '15s'],
      ['b', '1500m', '1Gi', '15s'],
    ]);
  });

  it('is what annotations say: of each container, or of a workload, whose pods share it', async () => {
    await run(
      'shares',
      { 'sallyport.dev/usage': 'cpu=90%, memory=x' },
      container('c', { cpu: '200m', memory: '10Mi' }),
    );
    const [{ cpu, memory }] = await usagesOf('shares');
    expect(cpu).toBe('180000000n');
    expect(Number.parseInt(memory, 10)).toBeLessThanOrEqual(7 * 1024);
    const owner = await cluster.send('POST', '/apis/apps/v1/namespaces/default/statefulsets', {
      metadata: { name: 's', annotations: { 'sallyport.dev/load': 'cpu=3' } },
      spec: {
        serviceName: 's',
        selector: { matchLabels: { app: 's' } },
        template: { metadata: { labels: { app: 's' } }, spec: { containers: [container('c')] } },
      },
    });
    const { uid } = owner.json.metadata;
    const reference = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 's', uid, controller: true };
    for (const name of ['s-0', 's-1']) {
      await cluster.send('POST', root, {
        metadata: { name, ownerReferences: [reference] },
        spec: { containers: [container('c'), container('d')] },
      });
    }
    const running = async () => {
      const { items } = (await cluster.send('GET', `${metrics}/namespaces/default/pods`)).json;
      return items.length === 3 ? items : undefined;
    };
    await eventually(running);
    expect((await usagesOf('s-0')).map((usage: { cpu: string }) => usage.cpu)).toEqual([
      '750000000n',
      '750000000n',
    ]);
  });

  it('is not told of what does not run, nor kept, nor watched', async () => {
    await cluster.send('POST', root, {
      metadata: { name: 'over', annotations: { 'sallyport.dev/exit-code': '1' } },
      spec: { restartPolicy: 'Never', containers: [container('c')] },
    });
    await eventually(async () => {
      const { status } = (await cluster.send('GET', `${root}/over`)).json;
      return status.phase === 'Failed' ? true : undefined;
    });
    expect((await cluster.send('GET', `${metrics}/pods`)).json.items).toEqual([]);
    expect((await cluster.send('GET', `${metrics}/namespaces/default/pods/over`)).json.message).toBe(
      'podmetrics.metrics.k8s.io "default/over" not found',
    );
    expect((await cluster.send('GET', `${metrics}/pods?watch=true`)).code).toBe(405);
    expect((await cluster.send('DELETE', `${metrics}/nodes/sallyport-node`)).code).toBe(405);
    expect((await cluster.send('POST', `${metrics}/namespaces/default/pods`, {})).code).toBe(405);
  });

  it('is discovered and described where pods run, and only there', async () => {
    const { json } = await cluster.send('GET', metrics);
    expect(
      json.resources.map(({ name, kind, verbs }: Record<string, unknown>) => [name, kind, verbs]),
    ).toEqual([
      ['nodes', 'NodeMetrics', ['get', 'list']],
      ['pods', 'PodMetrics', ['get', 'list']],
    ]);
    const { components } = (await cluster.send('GET', '/openapi/v3/apis/metrics.k8s.io/v1beta1')).json;
    expect(Object.keys(components.schemas)).toContain(
      'io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics',
    );
    const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregated-metrics-reader';
    expect((await cluster.send('GET', role)).code).toBe(200);
    const still = await startCluster();
    expect([(await still.send('GET', metrics)).code, (await still.send('GET', role)).code]).toEqual([
      404, 404,
    ]);
    await still.close();
  });
});

describe('what a container uses', () => {
  const quantity = fc.integer({ min: 1, max: 8000 }).map((value) => `${value}m`);

  it('is never more than its limit, and most of what it asks for is left', () => {
    fc.assert(
      fc.property(fc.string(), quantity, quantity, fc.boolean(), (uid, request, limit, isWished) => {
        const resources = { requests: { cpu: request }, limits: { cpu: limit } };
        const wish = isWished ? ({ cpu: { type: 'share', share: 3 } } as const) : {};
        const { cpu, memory } = containerUsage({ name: 'c', resources }, uid, wish);
        const milli = (text: string) => Number.parseInt(text, 10) * 1e6;
        expect(cpu).toBeLessThanOrEqual(milli(limit));
        if (!isWished) expect(cpu).toBeLessThanOrEqual(milli(request) * 0.7 + 1);
        expect(Number.isInteger(cpu) && Number.isInteger(memory) && memory > 0).toBe(true);
      }),
    );
  });
});
