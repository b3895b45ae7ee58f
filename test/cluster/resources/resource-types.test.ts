import { describe, expect, it } from 'vitest';
import {
  findResourceType,
  resourceTypes,
  servedGroupVersions,
} from '../../../src/cluster/resources/index.ts';
import { schemaOf } from '../../../src/cluster/schema/index.ts';

describe('resourceTypes', () => {
  it.each([
    ['', 'v1', 'pods', 'Pod', ['attach', 'exec', 'log', 'portforward', 'status']],
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
    for (const type of resourceTypes) expect(schemaOf(type).form, type.kind).toBe('struct');
  });

  it('keeps the traits of the registry strategies', () => {
    const having = (trait: 'hasGeneration' | 'createOnUpdate') =>
      resourceTypes.filter((type) => type[trait]).map((type) => type.resource);
    expect(having('createOnUpdate').toSorted()).toEqual([
      'clusterrolebindings',
      'clusterroles',
      'endpoints',
      'events',
      'leases',
      'limitranges',
      'rolebindings',
      'roles',
      'services',
    ]);
    expect(having('hasGeneration')).toContain('networkpolicies');
    expect(having('hasGeneration')).not.toContain('services');
  });

  it('lists the core group first and each group version once', () => {
    const paths = servedGroupVersions.map((served) => served.path);
    expect(paths[0]).toBe('api/v1');
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('apis/apps/v1');
  });
});
