import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/index.ts';
import { defaultPolicyObjects } from '../../../src/rbac/index.ts';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';
import { startCluster, type TestCluster } from '../support.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const bootstrapObjects = defaultPolicyObjects() as unknown as KubeObject[];
let store: Store;
let cluster: TestCluster;
beforeAll(async () => {
  store = createMemoryStore();
  cluster = await startCluster({ store, bootstrapObjects });
});
afterAll(() => cluster.close());

async function fieldsOf(path: string): Promise<unknown> {
  const { metadata } = (await cluster.send('GET', path)).json;
  const [{ time, fieldsV1, ...entry }, ...others] = metadata.managedFields;
  expect(others).toEqual([]);
  expect(time).toBe(metadata.creationTimestamp);
  expect(entry).toMatchObject({ manager: 'kube-apiserver', operation: 'Update', fieldsType: 'FieldsV1' });
  return fieldsV1;
}

const rbacMetadata = {
  'f:annotations': { '.': {}, 'f:rbac.authorization.kubernetes.io/autoupdate': {} },
  'f:labels': { '.': {}, 'f:kubernetes.io/bootstrapping': {} },
};

describe('what a cluster contains from the beginning', () => {
  it.each([
    [
      '/api/v1/namespaces/kube-system',
      { 'f:metadata': { 'f:labels': { '.': {}, 'f:kubernetes.io/metadata.name': {} } } },
    ],
    [`${rbac}/clusterroles/system:discovery`, { 'f:metadata': rbacMetadata, 'f:rules': {} }],
    [
      `${rbac}/clusterrolebindings/system:discovery`,
      { 'f:metadata': rbacMetadata, 'f:roleRef': {}, 'f:subjects': {} },
    ],
    [
      '/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical',
      { 'f:description': {}, 'f:preemptionPolicy': {}, 'f:value': {} },
    ],
    [
      '/api/v1/namespaces/default/services/kubernetes',
      {
        'f:metadata': { 'f:labels': { '.': {}, 'f:component': {}, 'f:provider': {} } },
        'f:spec': {
          'f:clusterIP': {},
          'f:internalTrafficPolicy': {},
          'f:ipFamilyPolicy': {},
          'f:ports': {
            '.': {},
            'k:{"port":443,"protocol":"TCP"}': {
              '.': {},
              'f:name': {},
              'f:port': {},
              'f:protocol': {},
              'f:targetPort': {},
            },
          },
          'f:sessionAffinity': {},
          'f:type': {},
        },
      },
    ],
  ])("is kube-apiserver's: %s", async (path, fields) => {
    expect(await fieldsOf(path)).toEqual(fields);
  });

  it('is so of every role and binding', async () => {
    for (const kind of ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings']) {
      const { items } = (await cluster.send('GET', `${rbac}/${kind}`)).json;
      for (const { metadata, ...content } of items as KubeObject[]) {
        const entries = metadata['managedFields'] as { fieldsV1: object }[];
        const owned = entries.flatMap(({ fieldsV1 }) => Object.keys(fieldsV1));
        const expected = Object.keys(content).filter((field) => content[field] !== null);
        expect(owned.sort()).toEqual(['metadata', ...expected].map((each) => `f:${each}`).sort());
      }
    }
  });

  it("is of the rules that a role gathers their controller's", async () => {
    const { metadata, rules } = (await cluster.send('GET', `${rbac}/clusterroles/edit`)).json;
    expect(rules).toHaveLength(27);
    const aggregate = 'rbac.authorization.k8s.io/aggregate-to-admin';
    expect(metadata.managedFields).toMatchObject([
      {
        manager: 'clusterrole-aggregation-controller',
        operation: 'Apply',
        fieldsV1: { 'f:rules': {} },
      },
      {
        manager: 'kube-apiserver',
        operation: 'Update',
        fieldsV1: {
          'f:aggregationRule': {},
          'f:metadata': { 'f:labels': { [`f:${aggregate}`]: {} } },
        },
      },
    ]);
  });

  it("is somebody else's where they have changed it, and completed once more at the next start", async () => {
    const path = `${rbac}/clusterroles/system:basic-user`;
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    expect((await cluster.send('PATCH', path, { rules: [] }, merge)).code).toBe(200);
    const other = await startCluster({ store, bootstrapObjects });
    const { json } = await other.send('GET', path);
    await other.close();
    const managers = json.metadata.managedFields.map(({ manager, fieldsV1 }: Record<string, object>) => [
      manager,
      Object.keys(fieldsV1 ?? {}),
    ]);
    expect(json.rules).not.toEqual([]);
    expect(managers).toEqual([['kube-apiserver', ['f:metadata', 'f:rules']]]);
  });

  it('is written once: a start that finds it complete writes nothing', async () => {
    const before = await store.revision();
    const other = await startCluster({ store, bootstrapObjects });
    await other.close();
    expect(await store.revision()).toBe(before);
  });

  it('has nothing in its roles for a controller to write', async () => {
    const list = async () => (await cluster.send('GET', `${rbac}/clusterroles`)).json.items;
    const before = await list();
    const other = await startCluster({ store, bootstrapObjects, runsControllers: true });
    await other.close();
    expect(await list()).toEqual(before);
  });
});
