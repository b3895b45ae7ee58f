import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samples } from '../samples.ts';
import { startCluster, type TestCluster } from '../support.ts';

const hpas = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
const coreEvents = '/api/v1/namespaces/default/events';
const newEvents = '/apis/events.k8s.io/v1/namespaces/default/events';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const get = async (path: string) => (await cluster.send('GET', path)).json;

describe('an autoscaler in two versions', () => {
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 70 } },
  };
  const cpu = (averageUtilization: number) => ({
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
  });
  const make = (version: string, spec: object) =>
    cluster.send('POST', hpas(version), {
      metadata: { name: 'h' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 5,
        ...spec,
      },
    });

  it('is one object', async () => {
    const { json: old } = await make('v1', { targetCPUUtilizationPercentage: 50 });
    expect(old).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { minReplicas: 1, targetCPUUtilizationPercentage: 50 },
      status: { currentReplicas: 0, desiredReplicas: 0 },
    });
    expect(await get(`${hpas('v1')}/h`)).toEqual(old);
    const now = await get(`${hpas('v2')}/h`);
    expect(now).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { metrics: [cpu(50)] } });
    expect(now.metadata.uid).toBe(old.metadata.uid);
    const { json } = await cluster.send('GET', hpas('v1'), undefined, asTable);
    expect(json.rows[0].cells.slice(0, 6)).toEqual(['h', 'Deployment/d', 'cpu: <unknown>/50%', '1', 5, 0]);
  });

  it('loses nothing by being changed in the older one', async () => {
    await make('v2', {
      metrics: [memory, cpu(60)],
      behavior: { scaleDown: { stabilizationWindowSeconds: 5 } },
    });
    const before = await get(`${hpas('v2')}/h`);
    const old = await get(`${hpas('v1')}/h`);
    expect(old.spec).toMatchObject({ targetCPUUtilizationPercentage: 60 });
    expect(old.spec.metrics).toBeUndefined();
    const { json } = await cluster.send('PUT', `${hpas('v1')}/h`, {
      ...old,
      spec: { ...old.spec, maxReplicas: 9 },
    });
    expect(json.spec.maxReplicas).toBe(9);
    const after = await get(`${hpas('v2')}/h`);
    expect(after.spec).toEqual({ ...before.spec, maxReplicas: 9, metrics: [cpu(60), memory] });
    expect(after.metadata.annotations).toBeUndefined();
  });

  it('means the share of the CPU where no metric is named', async () => {
    await make('v1', {});
    expect((await get(`${hpas('v2')}/h`)).spec.metrics).toEqual([cpu(80)]);
  });

  it('is told of to those who watch either, in their version', async () => {
    const watches = await Promise.all(
      ['v1', 'v2'].map((version) => cluster.watch(`${hpas(version)}?watch=1`)),
    );
    await make('v2', { metrics: [cpu(30)] });
    const [old, now] = await Promise.all(watches.map((watch) => watch.until(1)));
    expect(old?.[0]?.object).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { targetCPUUtilizationPercentage: 30 },
    });
    expect(now?.[0]?.object).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { metrics: [cpu(30)] } });
    for (const watch of watches) watch.leave();
  });
});

describe('an event in two groups', () => {
  it('is one object', async () => {
    const sample = samples['events.k8s.io/v1/events'];
    const { json, text, code } = await cluster.send('POST', newEvents, {
      metadata: { name: 'e' },
      note: 'why',
      ...sample,
    });
    expect(code, text).toBe(201);
    expect(json).toMatchObject({ apiVersion: 'events.k8s.io/v1', kind: 'Event', note: 'why' });
    expect(await get(`${coreEvents}/e`)).toMatchObject({
      apiVersion: 'v1',
      message: 'why',
      involvedObject: { kind: 'Pod', name: 'p' },
      reportingComponent: 'a.example/c',
    });
    await cluster.send('PATCH', `${coreEvents}/e`, { count: 2 }, merge);
    expect(await get(`${newEvents}/e`)).toMatchObject({ deprecatedCount: 2, regarding: { name: 'p' } });
    const { json: found } = await cluster.send(
      'GET',
      `${newEvents}?fieldSelector=regarding.name%3Dp,reason%3DStarted`,
    );
    expect(found.items).toHaveLength(1);
    expect(found.kind).toBe('EventList');
    const tables = await Promise.all(
      [coreEvents, newEvents].map(
        async (path) => (await cluster.send('GET', path, undefined, asTable)).json.rows[0].cells,
      ),
    );
    expect(tables[0]).toEqual(tables[1]);
    expect((await cluster.send('DELETE', `${newEvents}/e`)).code).toBe(200);
    expect((await cluster.send('GET', `${coreEvents}/e`)).code).toBe(404);
  });

  it('says more in the newer one', async () => {
    const { json } = await cluster.send('POST', newEvents, {
      metadata: { name: 'e' },
      regarding: { kind: 'Pod', namespace: 'default', name: 'p' },
      note: 'x'.repeat(1025),
    });
    expect(json.message).toBe(
      'Event "e" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: ]',
    );
  });

  it('goes with its namespace once', async () => {
    await cluster.send('POST', '/api/v1/namespaces', { metadata: { name: 'n' } });
    const event = { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', namespace: 'n', name: 'p' } };
    expect((await cluster.send('POST', '/api/v1/namespaces/n/events', event)).code).toBe(201);
    await cluster.send('DELETE', '/api/v1/namespaces/n');
    await expect.poll(async () => (await cluster.send('GET', '/api/v1/namespaces/n')).code).toBe(404);
    expect(cluster.logged).toEqual([]);
  });
});
