import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/index.ts';
import { fieldError, forbiddenObject } from '../../src/kube/index.ts';
import { createMemoryStore, openSqliteStore } from '../../src/store/index.ts';
import { configMap, startCluster, type TestCluster, type TestOptions } from './support.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

function clusterRole(name: string, rules: object[] = [rule], metadata: object = {}): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, ...metadata },
    rules,
  };
}

function clusterRoleBinding(name: string, role: string, subject: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: subject }],
  };
}

const open: TestCluster[] = [];
async function start(options: TestOptions = {}): Promise<TestCluster> {
  const cluster = await startCluster(options);
  open.push(cluster);
  return cluster;
}
afterEach(async () => {
  for (const cluster of open.splice(0)) await cluster.close();
});

describe('the first start', () => {
  it('of several processes at the same time makes everything once', async () => {
    const store = createMemoryStore();
    const options = {
      store,
      namespaces: ['dev'],
      runsPods: true,
      runsControllers: true,
      bootstrapObjects: [clusterRole('view'), clusterRoleBinding('b', 'view', 'g')],
    };
    const clusters = await Promise.all([start(options), start(options), start(options)]);
    for (const { logged, send } of clusters) {
      expect(logged).toEqual([]);
      expect((await send('GET', `${rbac}/clusterroles/view`)).json.metadata.generation).toBeUndefined();
      const service = await send('GET', '/api/v1/namespaces/default/services/kubernetes');
      expect(service.json.spec.clusterIP).toBe('10.96.0.1');
    }
  });

  it('makes the namespaces, the API’s service and the default RBAC objects', async () => {
    const cluster = await start({
      bootstrapObjects: [clusterRole('view'), clusterRoleBinding('b', 'view', 'g')],
      caBundle: 'PEM',
    });
    const namespaces = (await cluster.send('GET', '/api/v1/namespaces')).json.items;
    expect(namespaces.map((item: KubeObject) => item.metadata.name)).toEqual([
      'default',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ]);
    const service = await cluster.send('GET', '/api/v1/namespaces/default/services/kubernetes');
    expect(service.json.spec.clusterIP).toBe('10.96.0.1');
    expect((await cluster.send('GET', `${rbac}/clusterroles/view`)).json.rules).toEqual([rule]);
    const ca = await cluster.send('GET', '/api/v1/namespaces/default/configmaps/kube-root-ca.crt');
    expect(ca.json.data).toEqual({ 'ca.crt': 'PEM' });
  });
});

describe('a later start', () => {
  it('adds missing rules and subjects, and keeps what people have added', async () => {
    const store = createMemoryStore();
    const first = await start({
      store,
      bootstrapObjects: [clusterRole('view'), clusterRoleBinding('b', 'view', 'g')],
    });
    const extra = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] };
    await first.send(
      'PATCH',
      `${rbac}/clusterroles/view`,
      { rules: [extra], metadata: { labels: { mine: '1' } } },
      merge,
    );
    await first.send('PATCH', `${rbac}/clusterrolebindings/b`, { subjects: null }, merge);
    const objects = [
      clusterRole('view', [rule], { labels: { mine: 'theirs', other: '1' } }),
      clusterRoleBinding('b', 'view', 'g'),
    ];
    const second = await start({ store, bootstrapObjects: objects });
    const role = (await second.send('GET', `${rbac}/clusterroles/view`)).json;
    expect(role.rules).toEqual([extra, rule]);
    expect(role.metadata.labels).toEqual({ mine: '1', other: '1' });
    expect((await second.send('GET', `${rbac}/clusterrolebindings/b`)).json.subjects).toHaveLength(1);
  });

  it('leaves alone what says autoupdate "false", and writes nothing when all is there', async () => {
    const store = createMemoryStore();
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
    const first = await start({ store, bootstrapObjects: [clusterRole('view'), clusterRole('edit')] });
    await first.send('PATCH', `${rbac}/clusterroles/view`, { rules: null, metadata: { annotations } }, merge);
    const revision = await store.revision();
    const second = await start({ store, bootstrapObjects: [clusterRole('view'), clusterRole('edit')] });
    expect((await second.send('GET', `${rbac}/clusterroles/view`)).json.rules ?? []).toEqual([]);
    expect(await store.revision()).toBe(revision);
  });

  it('replaces a default binding that refers to another role', async () => {
    const store = createMemoryStore();
    await start({ store, bootstrapObjects: [clusterRoleBinding('b', 'old', 'g')] });
    const second = await start({ store, bootstrapObjects: [clusterRoleBinding('b', 'new', 'g')] });
    expect((await second.send('GET', `${rbac}/clusterrolebindings/b`)).json.roleRef.name).toBe('new');
  });

  it('on SQLite finds objects, revisions and history as they were', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cluster-'));
    try {
      const file = join(directory, 'store.db');
      const path = '/api/v1/namespaces/default/configmaps';
      const store = await openSqliteStore({ file });
      const first = await startCluster({ store });
      const created = await first.send('POST', path, configMap('kept', { a: '1' }));
      await first.close();
      await store.close();

      const reopened = await openSqliteStore({ file });
      const second = await startCluster({ store: reopened });
      const found = await second.send('GET', `${path}/kept`);
      expect(found.json).toEqual(created.json);
      const before = Number(created.json.metadata.resourceVersion) - 1;
      const watch = await second.watch(`${path}?watch=1&resourceVersion=${before}`);
      const [replayed] = await watch.until(1);
      expect(replayed).toEqual({ type: 'ADDED', object: created.json });
      const { resourceVersion } = created.json.metadata;
      const stale = configMap('kept', { a: '2' }, { resourceVersion });
      expect((await second.send('PUT', `${path}/kept`, stale)).code).toBe(200);
      expect((await second.send('PUT', `${path}/kept`, stale)).code).toBe(409);
      await second.close();
      await reopened.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('following the policy', () => {
  it('tells what is there, then each change before its writer is answered', async () => {
    const cluster = await start({ bootstrapObjects: [clusterRole('view')] });
    const told: string[] = [];
    await cluster.cluster.followPolicy({
      put: (object) =>
        told.push(`put ${object.kind} ${object.metadata.namespace ?? '-'}/${object.metadata.name}`),
      remove: (object) => told.push(`remove ${object.kind} ${object.metadata.name}`),
    });
    expect(told.splice(0)).toEqual(['put ClusterRole -/view']);
    await cluster.send('POST', `${rbac}/namespaces/default/roles`, {
      metadata: { name: 'r' },
      rules: [rule],
    });
    expect(told.splice(0)).toEqual(['put Role default/r']);
    await cluster.send('PATCH', `${rbac}/namespaces/default/roles/r`, { rules: null }, merge);
    expect(told.splice(0)).toEqual(['put Role default/r']);
    await cluster.send('DELETE', `${rbac}/namespaces/default/roles/r`);
    expect(told.splice(0)).toEqual(['remove Role r']);
    await cluster.send('POST', '/api/v1/namespaces/default/configmaps', configMap('x'));
    expect(told).toEqual([]);
  });

  it('is taken up again after a follower’s failure, with all that it missed', async () => {
    const retries: (() => void)[] = [];
    const cluster = await start({
      schedule: (_, callback) => {
        retries.push(callback);
        return () => {};
      },
    });
    const told: string[] = [];
    let broken = false;
    await cluster.cluster.followPolicy({
      put: ({ metadata }) => {
        if (broken) throw new Error('broken');
        told.push(metadata.name ?? '');
      },
      remove: () => {},
    });
    broken = true;
    expect((await cluster.send('POST', `${rbac}/clusterroles`, clusterRole('a'))).code).toBe(201);
    await cluster.send('POST', `${rbac}/clusterroles`, clusterRole('b'));
    broken = false;
    expect(told).toEqual([]);
    while (told.length < 2) {
      for (const retry of retries.splice(0)) retry();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told).toEqual(['a', 'b']);
    expect(cluster.logged.length).toBeGreaterThan(0);
  });
});

describe('injected RBAC rules', () => {
  it('validate the four kinds and no others', async () => {
    const cluster = await start({
      validateRbac: (object) => [fieldError.invalid('rules', object.metadata.name, 'not today')],
    });
    const answer = await cluster.send('POST', `${rbac}/clusterroles`, clusterRole('r'));
    expect([answer.code, answer.json.message]).toEqual([
      422,
      'ClusterRole.rbac.authorization.k8s.io "r" is invalid: rules: Invalid value: "r": not today',
    ]);
    expect((await cluster.send('POST', '/api/v1/namespaces/default/configmaps', configMap('x'))).code).toBe(
      201,
    );
  });

  it('stop an escalation by POST, PUT and PATCH before anything is stored', async () => {
    const store = createMemoryStore();
    await start({ store, bootstrapObjects: [clusterRole('there')] });
    const seen: unknown[] = [];
    const cluster = await start({
      store,
      confirmNoEscalation: (request, object, old) => {
        seen.push([request.user.username, object.metadata.name, old?.metadata.name]);
        throw forbiddenObject({ group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }, 'x', 'no');
      },
    });
    const revision = await store.revision();
    const changed = clusterRole('there', []);
    const codes = [
      (await cluster.send('POST', `${rbac}/clusterroles`, clusterRole('new'))).code,
      (await cluster.send('PUT', `${rbac}/clusterroles/new`, clusterRole('new'))).code,
      (await cluster.send('PUT', `${rbac}/clusterroles/there`, changed)).code,
      (await cluster.send('PATCH', `${rbac}/clusterroles/there`, { rules: [] }, merge)).code,
    ];
    expect(codes).toEqual([403, 403, 403, 403]);
    expect(seen).toEqual([
      ['system:admin', 'new', undefined],
      ['system:admin', 'new', undefined],
      ['system:admin', 'there', 'there'],
      ['system:admin', 'there', 'there'],
    ]);
    expect(await store.revision()).toBe(revision);
    expect((await cluster.send('DELETE', `${rbac}/clusterroles/there`)).code).toBe(200);
  });
});
