import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/index.ts';
import { startCluster, type TestCluster } from '../support.ts';

const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const strategic = { 'Content-Type': 'application/strategic-merge-patch+json' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  const pod = {
    metadata: { name: 'p', labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };
  expect((await cluster.send('POST', pods, pod)).code).toBe(201);
});
afterEach(() => cluster.close());

async function change(path: string, patch: object): Promise<KubeObject> {
  const { code, json, text } = await cluster.send('PATCH', path, patch, merge);
  expect(code, text).toBe(200);
  return json;
}

const evict = (name = 'p', more: object = {}) =>
  cluster.send('POST', `${pods}/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name },
    ...more,
  });

/** A budget as its controller leaves it. */
async function budget(name: string, status: object, spec: object = {}): Promise<void> {
  const selector = { matchLabels: { app: 'web' } };
  await cluster.send('POST', budgets, { metadata: { name }, spec: { minAvailable: 1, selector, ...spec } });
  await change(`${budgets}/${name}/status`, {
    status: { observedGeneration: 1, expectedPods: 1, ...status },
  });
}

const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };

describe('eviction', () => {
  it('deletes a pod that no budget is about', async () => {
    const answer = await evict();
    expect([answer.code, answer.json]).toEqual([
      201,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    ]);
    expect((await cluster.send('GET', `${pods}/p`)).code).toBe(404);
    expect((await evict()).json.message).toBe('pods "p" not found');
  });

  it('says of the pod why it goes', async () => {
    await cluster.send('POST', pods, {
      metadata: { name: 'held', finalizers: ['example.com/held'] },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    expect((await evict('held')).code).toBe(201);
    const { metadata, status } = (await cluster.send('GET', `${pods}/held`)).json;
    expect(metadata.deletionTimestamp).toBeDefined();
    expect(status.conditions).toContainEqual({
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      lastTransitionTime: expect.any(String),
    });
  });

  it('spends a disruption of the budget, and is refused when there is none left', async () => {
    await change(`${pods}/p/status`, ready);
    await budget('b', { currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1 });
    expect((await evict('p', { deleteOptions: { dryRun: ['All'] } })).code).toBe(201);
    expect((await cluster.send('GET', `${budgets}/b`)).json.status.disruptionsAllowed).toBe(1);
    expect((await evict()).code).toBe(201);
    const { json } = await cluster.send('GET', `${budgets}/b`);
    expect(json.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: '2026-11-24T00:00:00Z' },
    });

    await cluster.send('POST', pods, {
      metadata: { name: 'q', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    await change(`${pods}/q/status`, ready);
    const refused = await evict('q');
    expect([refused.code, refused.headers.get('retry-after')]).toEqual([429, '10']);
    expect(refused.json).toMatchObject({
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: 'TooManyRequests',
      details: {
        retryAfterSeconds: 10,
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget b needs 1 healthy pods and has 2 currently',
          },
        ],
      },
    });
    expect((await cluster.send('GET', `${pods}/q`)).code).toBe(200);
  });

  it('grants one disruption once, however many ask at a time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) {
      await cluster.send('POST', pods, {
        metadata: { name, labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      });
      await change(`${pods}/${name}/status`, ready);
    }
    await budget('b', { currentHealthy: 5, desiredHealthy: 3, disruptionsAllowed: 2 });
    const codes = await Promise.all(names.map(async (name) => (await evict(name)).code));
    expect(codes.toSorted()).toEqual([201, 201, 429, 429, 429]);
  });

  it('waits for a budget that its controller has not seen, and for none where the pod does not run', async () => {
    await budget('b', { observedGeneration: 0, disruptionsAllowed: 0 });
    await change(`${pods}/p/status`, ready);
    const refused = await evict();
    expect(refused.json.details.causes[0].message).toBe(
      'The disruption budget b is still being processed by the server.',
    );
    await change(`${pods}/p/status`, { status: { phase: 'Succeeded' } });
    expect((await evict()).code).toBe(201);
  });

  it('lets a pod go that does not work, when enough others do or the budget says so', async () => {
    await change(`${pods}/p/status`, { status: { phase: 'Running' } });
    await budget('b', { currentHealthy: 0, desiredHealthy: 1, disruptionsAllowed: 0 });
    expect((await evict()).code).toBe(429);
    await change(`${budgets}/b`, { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
    expect((await evict()).code).toBe(201);
  });

  it('refuses two budgets for one pod, and another name than the URL has', async () => {
    await change(`${pods}/p/status`, ready);
    await budget('b', { disruptionsAllowed: 1 });
    await budget('c', { disruptionsAllowed: 1 });
    expect((await evict()).code).toBe(500);
    expect((await evict('p', { metadata: { name: 'q' } })).json.message).toBe(
      'name in URL does not match name in Eviction object',
    );
  });
});

describe('binding', () => {
  const bind = (path: string, more: object = {}) =>
    cluster.send('POST', path, { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' }, ...more });

  it.each([`${pods}/p/binding`, '/api/v1/namespaces/default/bindings'])(
    'gives a pod its node: %s',
    async (path) => {
      expect((await bind(path)).code).toBe(201);
      const { json } = await cluster.send('GET', `${pods}/p`);
      expect(json.spec.nodeName).toBe('n');
      expect(json.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
      const again = await bind(path);
      expect([again.code, again.json.message]).toEqual([
        409,
        'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"',
      ]);
    },
  );

  it('waits for the gates of a pod', async () => {
    const spec = { containers: [{ name: 'c', image: 'i' }], schedulingGates: [{ name: 'wait' }] };
    await cluster.send('POST', pods, { metadata: { name: 'gated' }, spec });
    const refused = await bind(`${pods}/gated/binding`, { metadata: { name: 'gated' } });
    expect([refused.code, refused.json.message]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "gated": pod gated has non-empty .spec.schedulingGates',
    ]);
  });

  it('is about the pod that the scheduler saw', async () => {
    expect((await bind(`${pods}/p/binding`, { metadata: { name: 'p', uid: 'other' } })).code).toBe(409);
    expect((await bind(`${pods}/absent/binding`, { metadata: { name: 'absent' } })).code).toBe(404);
    expect((await bind(`${pods}/p/binding`, { target: { kind: 'Rack', name: 'r' } })).code).toBe(500);
  });
});

describe('ephemeralcontainers', () => {
  const path = `${pods}/p/ephemeralcontainers`;
  const debug = (name: string, image = 'busybox') => ({
    spec: { ephemeralContainers: [{ name, image, targetContainerName: 'c' }] },
  });

  it('adds a container to a pod, and nothing else', async () => {
    const patch = { ...debug('debugger'), metadata: { labels: { x: 'y' } } };
    const { code, json } = await cluster.send('PATCH', path, patch, strategic);
    expect(code).toBe(200);
    expect(json.spec.ephemeralContainers).toMatchObject([
      { name: 'debugger', imagePullPolicy: 'Always', terminationMessagePolicy: 'File', resources: {} },
    ]);
    expect(json.metadata.labels).toEqual({ app: 'web' });
    expect(json.metadata.generation).toBe(2);
    // A second one joins the first, by the list's merge key.
    const second = await cluster.send('PATCH', path, debug('other'), strategic);
    expect(second.json.spec.ephemeralContainers).toHaveLength(2);
  });

  it('takes none away, changes none, and the main path adds none', async () => {
    await cluster.send('PATCH', path, debug('debugger'), strategic);
    const changed = await cluster.send('PATCH', path, debug('debugger', 'other'), strategic);
    expect([changed.code, changed.json.message]).toEqual([
      422,
      'Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be changed\n',
    ]);
    const removed = await cluster.send('PATCH', path, { spec: { ephemeralContainers: null } }, merge);
    expect(removed.json.message).toContain('may not be removed');
    expect((await cluster.send('PATCH', `${pods}/p`, debug('more'), strategic)).code).toBe(422);
  });
});
