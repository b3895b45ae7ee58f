import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/kube/index.ts';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/configmaps';
const rolePath = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
const yaml = { 'Content-Type': 'application/yaml' };
const merge = { 'Content-Type': 'application/merge-patch+json' };

let cluster: TestCluster;
let asked: Attributes[];
let creator: string;
beforeEach(async () => {
  asked = [];
  creator = 'allowed';
  cluster = await startCluster({
    maxBodyBytes: 20_000,
    user: { username: 'jane', groups: [] },
    authorize(attributes) {
      asked.push(attributes);
      return attributes.name === creator
        ? { decision: 'allow', reason: '' }
        : { decision: 'noOpinion', reason: 'because' };
    },
  });
});
afterEach(() => cluster.close());

describe('a PUT to an absent name', () => {
  it('creates it where the kind allows it and the user may create that name', async () => {
    const answer = await cluster.send('PUT', `${rolePath}/allowed`, {
      metadata: { name: 'allowed' },
      rules: [],
    });
    expect([answer.code, answer.json.metadata.namespace]).toEqual([201, 'default']);
    expect(asked).toEqual([
      expect.objectContaining({
        verb: 'create',
        apiGroup: 'rbac.authorization.k8s.io',
        resource: 'roles',
        namespace: 'default',
        name: 'allowed',
        isResourceRequest: true,
      }),
    ]);
  });

  it('is forbidden, in the authorizer’s words, when the user may only update', async () => {
    const answer = await cluster.send('PUT', `${rolePath}/other`, { metadata: { name: 'other' }, rules: [] });
    expect(answer.code).toBe(403);
    expect(answer.json.message).toBe(
      'roles.rbac.authorization.k8s.io "other" is forbidden: User "jane" cannot create resource "roles" in API group ' +
        '"rbac.authorization.k8s.io" in the namespace "default": because',
    );
    expect((await cluster.send('GET', `${rolePath}/other`)).code).toBe(404);
  });

  it('is 404 where the kind does not allow it, without a question', async () => {
    expect((await cluster.send('PUT', `${path}/allowed`, configMap('allowed'))).code).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe('bodies', () => {
  it('may be YAML', async () => {
    const answer = await cluster.send('POST', path, 'metadata:\n  name: y\ndata: {a: "1"}\n', yaml);
    expect([answer.code, answer.json.data]).toEqual([201, { a: '1' }]);
  });

  it('may be protobuf, as kubectl 1.32 sends it', async () => {
    const lines = gunzipSync(
      readFileSync(new URL('../../corpus/kube/kubectl-1.32-protobuf.jsonl.gz', import.meta.url)),
    )
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; body: string });
    const creates = lines.filter(({ path: target }) => target.endsWith('/configmaps'));
    expect(creates.length).toBeGreaterThan(0);
    for (const { path: target, body } of creates) {
      const answer = await cluster.send('POST', target, Buffer.from(body, 'base64'), {
        'Content-Type': 'application/vnd.kubernetes.protobuf',
      });
      expect([answer.code, answer.json.kind]).toEqual([201, 'ConfigMap']);
    }
  });

  it.each([
    ['broken protobuf', 'application/vnd.kubernetes.protobuf', 'k8s\0\xff\xff', 400],
    ['no protobuf at all', 'application/vnd.kubernetes.protobuf', 'hello', 400],
    ['YAML that is none', 'application/yaml', 'a: [', 400],
    ['a YAML alias bomb', 'application/yaml', aliasBomb(), 400],
    ['a list', 'application/json', '[]', 400],
    ['a number', 'application/json', '5', 400],
    ['null', 'application/json', 'null', 422],
    ['a kind that is no text', 'application/json', '{"kind":5}', 400],
    ['metadata that is no object', 'application/json', '{"metadata":5}', 400],
    ['too long', 'application/json', JSON.stringify(configMap('l', { k: 'x'.repeat(20_000) })), 413],
    ['a form', 'application/x-www-form-urlencoded', 'a=b', 415],
  ])('%s → an error', async (_, contentType, body, code) => {
    const answer = await cluster.send('POST', path, Buffer.from(body, 'latin1'), {
      'Content-Type': contentType,
    });
    expect([answer.code, answer.json.kind]).toEqual([code, 'Status']);
    expect(cluster.logged).toEqual([]);
  });

  it('of unknown length are refused as soon as they are too long', async () => {
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(8192, ' ')) });
    const response = await fetch(cluster.url + path, {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(413);
    expect(((await response.json()) as { message: string }).message).toBe(
      'Request entity too large: limit is 20000',
    );
  });

  it('lose what only the server sets, and managedFields that are none', async () => {
    const answer = await cluster.send('POST', path, {
      metadata: {
        name: 'm',
        uid: 'mine',
        generation: 7,
        creationTimestamp: null,
        deletionTimestamp: '2020-01-01T00:00:00Z',
        managedFields: [{ manager: 'x' }],
      },
    });
    expect(answer.json.metadata).toEqual({
      name: 'm',
      namespace: 'default',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: expect.any(String),
      creationTimestamp: '2026-11-24T00:00:00Z',
    });
  });

  it('of a PUT may leave the namespace out', async () => {
    await cluster.send('POST', path, configMap('n', { a: '1' }));
    const answer = await cluster.send('PUT', `${path}/n`, configMap('n', { a: '2' }));
    expect([answer.code, answer.json.metadata.namespace, answer.json.data]).toEqual([
      200,
      'default',
      { a: '2' },
    ]);
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0
      ? 'l0: &l0 [x,x,x,x,x,x,x,x,x]'
      : `l${level}: &l${level} [${Array(9)
          .fill(`*l${level - 1}`)
          .join(',')}]`,
  );
  return `${levels.join('\n')}\n`;
}

describe('dry runs', () => {
  it.each([
    ['POST', `${path}?dryRun=All`, configMap('dry'), 201],
    ['PUT', `${path}/there?dryRun=All`, configMap('there', { a: 'changed' }), 200],
    ['PATCH', `${path}/there?dryRun=All`, { data: { a: 'changed' } }, 200],
    ['DELETE', `${path}/there?dryRun=All`, undefined, 200],
    ['DELETE', `${path}/there`, { dryRun: ['All'] }, 200],
    ['DELETE', `${path}?dryRun=All`, undefined, 200],
  ])('%s %s changes nothing', async (method, target, body, code) => {
    await cluster.send('POST', path, configMap('there', { a: '1' }));
    const revision = await cluster.store.revision();
    const answer = await cluster.send(method, target, body, method === 'PATCH' ? merge : {});
    expect(answer.code).toBe(code);
    expect(await cluster.store.revision()).toBe(revision);
  });
});

describe('generation and status', () => {
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const deployment = {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  };

  it('counts changes of spec only', async () => {
    const patch = (body: unknown, sub = '') => cluster.send('PATCH', `${deployments}/web${sub}`, body, merge);
    expect((await cluster.send('POST', deployments, deployment)).json.metadata.generation).toBe(1);
    expect((await patch({ metadata: { labels: { x: 'y' } } })).json.metadata.generation).toBe(1);
    expect((await patch({ spec: { replicas: 3 } })).json.metadata.generation).toBe(2);
    const status = await patch(
      { status: { replicas: 3 }, spec: { replicas: 9 }, metadata: { labels: null } },
      '/status',
    );
    expect(status.json).toMatchObject({
      metadata: { generation: 2, labels: { x: 'y' } },
      spec: { replicas: 3 },
      status: { replicas: 3 },
    });
    expect((await patch({ status: { replicas: 77 } })).json.status).toEqual({ replicas: 3 });
  });

  it('keeps status when a PUT leaves it out', async () => {
    await cluster.send('POST', deployments, deployment);
    await cluster.send('PATCH', `${deployments}/web/status`, { status: { replicas: 2 } }, merge);
    const put = await cluster.send('PUT', `${deployments}/web`, deployment);
    expect(put.json.status).toEqual({ replicas: 2 });
  });

  it('scales by PATCH, and refuses a stale Scale', async () => {
    const created = await cluster.send('POST', deployments, deployment);
    const patched = await cluster.send('PATCH', `${deployments}/web/scale`, { spec: { replicas: 4 } }, merge);
    expect(patched.json).toMatchObject({ kind: 'Scale', spec: { replicas: 4 }, status: { selector: 'a=b' } });
    expect((await cluster.send('GET', `${deployments}/web`)).json.spec.replicas).toBe(4);
    const stale = await cluster.send('PUT', `${deployments}/web/scale`, {
      metadata: { name: 'web', resourceVersion: created.json.metadata.resourceVersion },
      spec: { replicas: 1 },
    });
    expect([stale.code, stale.json.reason]).toEqual([409, 'Conflict']);
  });
});

describe('services', () => {
  const services = '/api/v1/namespaces/default/services';
  const service = (name: string, spec: object = {}) => ({
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  it('get an address of their own and keep it', async () => {
    const first = await cluster.send('POST', services, service('a'));
    expect(first.json.spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    const put = await cluster.send('PUT', `${services}/a`, service('a', { selector: { x: 'y' } }));
    expect(put.json.spec.clusterIP).toBe(first.json.spec.clusterIP);
  });

  it('do not take what another one has, until it goes', async () => {
    const address = { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] };
    expect((await cluster.send('POST', services, service('dns', address))).code).toBe(201);
    const taken = await cluster.send('POST', services, service('other', address));
    expect([taken.code, taken.json.message]).toEqual([
      422,
      expect.stringContaining('provided IP is already allocated'),
    ]);
    await cluster.send('DELETE', `${services}/dns`);
    expect((await cluster.send('POST', services, service('other', address))).code).toBe(201);
  });

  it('do not share node ports, and free them when the type changes', async () => {
    const ports = [{ port: 80, nodePort: 30_080 }];
    await cluster.send('POST', services, service('np', { type: 'NodePort', ports }));
    const taken = await cluster.send('POST', services, service('np2', { type: 'NodePort', ports }));
    expect(taken.json.message).toContain('provided port is already allocated');
    await cluster.send('PUT', `${services}/np`, service('np', { type: 'ClusterIP' }));
    expect((await cluster.send('POST', services, service('np2', { type: 'NodePort', ports }))).code).toBe(
      201,
    );
  });
});

describe('a collection', () => {
  it('is deleted as far as the selectors reach', async () => {
    await cluster.send('POST', path, configMap('a', {}, { labels: { x: '1' } }));
    await cluster.send('POST', path, configMap('b', {}, { labels: { x: '2' } }));
    const answer = await cluster.send('DELETE', `${path}?labelSelector=x%3D1`);
    expect([answer.code, answer.json.kind, answer.json.items.length]).toEqual([200, 'ConfigMapList', 1]);
    expect((await cluster.send('GET', `${path}/a`)).code).toBe(404);
    expect((await cluster.send('GET', `${path}/b`)).code).toBe(200);
  });
});

describe('delete options', () => {
  it.each([
    [{ propagationPolicy: 'Bogus' }, 422],
    [{ propagationPolicy: 'Background', orphanDependents: true }, 422],
    [{ dryRun: ['x'] }, 422],
    [
      { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, propagationPolicy: 'Background' },
      200,
    ],
  ])('%j → %i', async (body, code) => {
    await cluster.send('POST', path, configMap('x'));
    expect((await cluster.send('DELETE', `${path}/x`, body)).code).toBe(code);
  });
});
