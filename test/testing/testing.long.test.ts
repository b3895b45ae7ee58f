import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestCluster as startCluster } from '../../src/testing/start-test-cluster.ts';
import {
  denied,
  openAdmissionWebhook,
  patching,
  ruleOf,
  webhookConfiguration,
} from '../cluster/admission/admission-webhook.ts';

const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: { name: dev }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: settings, namespace: dev }, data: { a: '1' } }
  - apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: { name: viewers, namespace: dev }
    roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
    subjects: [{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }]
`;

describe('a cluster for tests', () => {
  it('has what it was given, and takes more', async () => {
    await using cluster = await startCluster({ objects: MANIFESTS });
    const settings = await cluster.request('GET', '/api/v1/namespaces/dev/configmaps/settings');
    expect([settings.status, settings.body.data]).toEqual([200, { a: '1' }]);
    const [changed] = await cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'dev' },
      data: { b: '2' },
    });
    expect(changed).toMatchObject({ kind: 'ConfigMap', data: { b: '2' } });
    expect(parse(cluster.kubeconfig)).toMatchObject({
      clusters: [{ cluster: { server: cluster.url } }],
      users: [{ user: { token: cluster.token } }],
    });
  });

  it('asks the webhooks of an operator', async () => {
    await using cluster = await startCluster({ controllers: false });
    const webhook = await openAdmissionWebhook();
    try {
      const hook = { clientConfig: webhook.at('/'), rules: [ruleOf('configmaps', ['CREATE'])] };
      await cluster.apply(webhookConfiguration('Mutating', 'labels', [hook]));
      webhook.answer(patching({ op: 'add', path: '/metadata/labels', value: { by: 'webhook' } }));
      const [made] = await cluster.apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', namespace: 'default' },
      });
      expect(made).toMatchObject({ metadata: { labels: { by: 'webhook' } } });
      webhook.answer(denied({ message: 'no more' }));
      const again = cluster.apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'b', namespace: 'default' },
      });
      await expect(again).rejects.toThrow('denied the request: no more');
    } finally {
      await webhook.close();
    }
  });

  it('serves the kinds of a definition as soon as it is applied', async () => {
    await using cluster = await startCluster({ controllers: false });
    const names = { kind: 'Gadget', plural: 'gadgets' };
    const schema = { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } };
    const applied = await cluster.apply([
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'gadgets.example.com' },
        spec: {
          group: 'example.com',
          scope: 'Namespaced',
          names,
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      },
      { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' }, size: 7 },
    ]);
    expect(applied.at(-1)).toMatchObject({ kind: 'Gadget', metadata: { namespace: 'default' }, size: 7 });
  });

  it('knows its user by RBAC alone', async () => {
    await using cluster = await startCluster({
      objects: MANIFESTS,
      user: { username: 'jane' },
      controllers: false,
    });
    const statuses = await Promise.all(
      ['/api/v1/namespaces/dev/configmaps', '/api/v1/namespaces/default/configmaps'].map(
        async (path) => (await cluster.request('GET', path)).status,
      ),
    );
    expect(statuses).toEqual([200, 403]);
    expect((await cluster.request('GET', '/api/v1', undefined, { authorization: 'Bearer no' })).status).toBe(
      401,
    );
  });

  it.each([
    [
      'a kind that nobody serves',
      { apiVersion: 'x.dev/v1', kind: 'Y', metadata: { name: 'y' } },
      'no matches for kind "Y"',
    ],
    [
      'what the API refuses',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'NO' } },
      'Namespace "NO" is invalid',
    ],
    ['text that is no YAML', 'a: [', 'Flow sequence'],
    [
      'an object without a name',
      { apiVersion: 'v1', kind: 'Pod' },
      'a manifest needs apiVersion, kind and metadata.name',
    ],
  ])('says so of %s, and is gone when it began with that', async (_what, objects, message) => {
    await expect(startCluster({ objects, controllers: false })).rejects.toThrow(message);
  });

  it('runs beside nineteen others, and closing leaves nothing behind', async () => {
    const clusters = await Promise.all(
      Array.from({ length: 20 }, () => startCluster({ controllers: false })),
    );
    expect(new Set(clusters.map(({ url }) => url)).size).toBe(20);
    const names = await Promise.all(
      clusters.map(async (cluster, index) => {
        await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `n${index}` } });
        const { body } = await cluster.request('GET', '/api/v1/namespaces');
        return body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
      }),
    );
    for (const [index, own] of names.entries())
      expect(own.filter((name: string) => /^n\d/.test(name))).toEqual([`n${index}`]);
    const file = await clusters[0]!.kubeconfigFile();
    expect(existsSync(file)).toBe(true);
    await Promise.all(clusters.map((cluster) => cluster.close()));
    expect(existsSync(file)).toBe(false);
    await expect(clusters[0]!.request('GET', '/version')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('finds its objects again in a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sallyport-testing-'));
    const store = `sqlite:${join(directory, 'objects.db')}` as const;
    try {
      const first = await startCluster({ store, controllers: false, objects: MANIFESTS });
      await first.close();
      await using second = await startCluster({ store, controllers: false });
      expect((await second.request('GET', '/api/v1/namespaces/dev/configmaps/settings')).status).toBe(200);
    } finally {
      rmSync(directory, { recursive: true });
    }
    await expect(startCluster({ store: 'redis' as 'memory' })).rejects.toThrow(
      'store: expected memory or sqlite:FILE, got "redis"',
    );
  });
});
