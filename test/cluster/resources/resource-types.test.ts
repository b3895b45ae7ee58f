import { describe, expect, it } from 'vitest';
import { builtInTable, createResourceTable, findResourceType } from '../../../src/cluster/resources/index.ts';
import { schemaOf } from '../../../src/cluster/schema/index.ts';

describe('builtInTable', () => {
  it.each([
    [
      '',
      'v1',
      'pods',
      'Pod',
      [
        'attach',
        'binding',
        'ephemeralcontainers',
        'eviction',
        'exec',
        'log',
        'portforward',
        'resize',
        'status',
      ],
    ],
    ['', 'v1', 'namespaces', 'Namespace', ['finalize', 'status']],
    ['apps', 'v1', 'deployments', 'Deployment', ['scale', 'status']],
    ['apps', 'v1', 'daemonsets', 'DaemonSet', ['status']],
    ['rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', []],
    ['autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', ['status']],
    ['authorization.k8s.io', 'v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', []],
  ])('serves %s/%s %s', (group, version, resource, kind, subresources) => {
    const type = findResourceType(group, version, resource);
    expect(type?.kind).toBe(kind);
    expect(type?.subresources.map((each) => each.name)).toEqual(subresources);
  });

  it.each([
    ['', 'v2', 'pods'],
    ['apps', 'v1', 'pods'],
    ['', 'v1', 'pod'],
    ['', 'v1', '__proto__'],
  ])('does not serve %s/%s %s', (group, version, resource) => {
    expect(findResourceType(group, version, resource)).toBeUndefined();
  });

  it('has a schema for every kind', () => {
    for (const type of builtInTable.types) expect(schemaOf(type).form, type.kind).toBe('struct');
  });

  it('keeps the traits of the registry strategies', () => {
    const having = (trait: 'hasGeneration' | 'createOnUpdate') =>
      builtInTable.types.filter((type) => type[trait]).map((type) => type.resource);
    expect(having('createOnUpdate').toSorted()).toEqual([
      'clusterrolebindings',
      'clusterroles',
      'endpoints',
      'events',
      'leases',
      'limitranges',
      'podtemplates',
      'rolebindings',
      'roles',
      'services',
    ]);
    expect(having('hasGeneration')).toContain('networkpolicies');
    expect(having('hasGeneration')).not.toContain('services');
  });

  it('lists the core group first and each group version once', () => {
    const paths = builtInTable.groupVersions.map((served) => served.path);
    expect(paths[0]).toBe('api/v1');
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('apis/apps/v1');
  });
});

describe('createResourceTable', () => {
  const pods = findResourceType('', 'v1', 'pods');
  const widgets = (version: string) => {
    if (pods === undefined) throw new Error('no pods');
    return { ...pods, group: 'example.com', version, resource: 'widgets', kind: 'Widget' };
  };

  it('finds by URL, by kind, and by where objects are kept, in the first version that serves them', () => {
    const [v2, v1] = [widgets('v2'), widgets('v1')];
    const table = createResourceTable([...builtInTable.types, v2, v1]);
    expect(table.find('example.com', 'v1', 'widgets')).toBe(v1);
    expect(table.findKind('example.com/v1', 'Widget')).toBe(v1);
    expect(table.findResource('example.com', 'widgets')).toBe(v2);
    expect(table.serves('example.com', 'v2')).toBe(true);
    expect(table.serves('example.com', 'v3')).toBe(false);
    expect(builtInTable.find('example.com', 'v1', 'widgets')).toBeUndefined();
  });

  it('keeps the group versions that a change does not touch', () => {
    const before = createResourceTable([...builtInTable.types, widgets('v1')], builtInTable);
    const after = createResourceTable([...builtInTable.types, widgets('v1')], before);
    const find = (table: typeof before, path: string) =>
      table.groupVersions.find((each) => each.path === path);
    expect(find(after, 'apis/apps/v1')).toBe(find(builtInTable, 'apis/apps/v1'));
    expect(find(after, 'apis/example.com/v1')).not.toBe(find(before, 'apis/example.com/v1'));
  });
});
