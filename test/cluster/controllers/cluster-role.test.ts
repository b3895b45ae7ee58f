import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterRole } from '../../../src/cluster/aggregated-roles/index.ts';
import { clusterRoles } from '../../../src/cluster/controllers/kinds.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import { deleteObject } from '../../../src/cluster/objects/delete-object.ts';
import { updateObject } from '../../../src/cluster/objects/update-object.ts';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { startWorld, type TestWorld } from './support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const type = clusterRoles;
const rule = (...resources: string[]) => ({ apiGroups: ['example.com'], resources, verbs: ['get'] });
const gathering = (...labels: string[]) => ({
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'true' } })) },
});

async function make(name: string, labels: readonly string[], content: object): Promise<void> {
  const metadata = { name, labels: Object.fromEntries(labels.map((label) => [label, 'true'])) };
  const object = { metadata, rules: [], ...content } as KubeObject;
  await createObject(world.context, { type, namespace: '', object, dryRun: false });
  await world.settle();
}

async function edit(name: string, change: (role: KubeObject) => KubeObject): Promise<void> {
  await updateObject(world.context, { type, namespace: '', name, part: 'main', dryRun: false, change });
  await world.settle();
}

async function resourcesOf(name: string): Promise<readonly unknown[]> {
  const role = (await world.context.objects.get(type, '', name))?.object as ClusterRole;
  return (role.rules ?? []).flatMap(({ resources }) => resources);
}

describe('a ClusterRole with an aggregationRule', () => {
  it('says what it gathers: selector by selector, by name, each rule once, itself left out', async () => {
    await make('all', ['one'], { ...gathering('two', 'one'), rules: [rule('handwritten')] });
    await make('b', ['one'], { rules: [rule('b'), rule('shared')] });
    await make('a', ['one'], { rules: [rule('shared'), rule('a')] });
    await make('z', ['two'], { rules: [rule('z')] });
    await make('other', ['three'], { rules: [rule('other')] });
    expect(await resourcesOf('all')).toEqual(['z', 'shared', 'a', 'b']);
  });

  it('follows what it gathers: rules, labels, and roles that go', async () => {
    await make('all', [], gathering('one'));
    await make('a', ['one'], { rules: [rule('a')] });
    await make('b', ['one'], { rules: [rule('b')] });
    await edit('a', (role) => ({ ...role, rules: [rule('new')] }));
    expect(await resourcesOf('all')).toEqual(['new', 'b']);
    await edit('a', (role) => ({ ...role, metadata: { ...role.metadata, labels: {} } }));
    expect(await resourcesOf('all')).toEqual(['b']);
    await deleteObject(world.context, { type, namespace: '', name: 'b', dryRun: false });
    await world.settle();
    expect(await resourcesOf('all')).toEqual([]);
  });

  it('gathers from roles that gather, and an end is found in a circle', async () => {
    await make('admin', [], gathering('to-admin'));
    await make('edit', ['to-admin'], gathering('to-edit'));
    await make('leaf', ['to-edit'], { rules: [rule('leaf')] });
    expect(await resourcesOf('admin')).toEqual(['leaf']);
    await edit('admin', (role) => ({
      ...role,
      metadata: { ...role.metadata, labels: { 'to-edit': 'true' } },
    }));
    expect(await resourcesOf('edit')).toEqual(['leaf']);
  });

  it('is written by a server-side apply that takes the rules from whoever has set others', async () => {
    await make('a', ['one'], { rules: [rule('a')] });
    await make('all', [], gathering('one'));
    await edit('all', (role) => ({ ...role, rules: [rule('handwritten')] }));
    expect(await resourcesOf('all')).toEqual(['a']);
    const { metadata } = (await world.context.objects.get(type, '', 'all'))?.object ?? expect.fail();
    expect(metadata['managedFields']).toContainEqual({
      manager: 'clusterrole-aggregation-controller',
      operation: 'Apply',
      apiVersion: 'rbac.authorization.k8s.io/v1',
      time: '2026-11-24T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:rules': {} },
    });
  });

  it('is not written while it says what it should', async () => {
    await make('a', ['one'], { rules: [rule('a')] });
    await make('all', [], { ...gathering('one'), rules: [rule('a')] });
    const before = (await world.context.objects.get(type, '', 'all'))?.revision;
    await make('unrelated', ['two'], { rules: [rule('b')] });
    await edit('a', (role) => ({ ...role, metadata: { ...role.metadata, annotations: { seen: 'yes' } } }));
    expect((await world.context.objects.get(type, '', 'all'))?.revision).toBe(before);
  });
});
