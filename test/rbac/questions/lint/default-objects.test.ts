import { describe, expect, it } from 'vitest';
import { defaultPolicyObjects, type PolicyObject } from '../../../../src/rbac/index.ts';
import { clusterRole, role } from '../../objects.ts';
import { found, onFirst } from './support/found.ts';

const labelled = <T extends PolicyObject>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
});

describe("Kubernetes' own objects", () => {
  it('are not reported', () => {
    expect(found(defaultPolicyObjects())).toEqual([]);
  });

  it('are reported for what somebody added to them', () => {
    const objects = defaultPolicyObjects().map((object) =>
      object.kind === 'ClusterRoleBinding' && object.metadata.name === 'cluster-admin'
        ? { ...object, subjects: [...(object.subjects ?? []), { kind: 'User', name: 'mallory' }] }
        : object,
    );
    expect(found(objects).map(({ rule, object, field }) => [rule, object.name, field])).toEqual([
      ['grants-everything', 'cluster-admin', 'roleRef'],
    ]);
  });

  it('are not whatever carries their label', () => {
    expect(onFirst([labelled(clusterRole('mine', ['* @*:*']))])).toContain(
      'wildcard-everything critical rules[0].resources',
    );
    expect(onFirst([labelled(role('dev', 'system:x', ['* @*:*']))])).not.toEqual([]);
  });

  it('are not what only has their name', () => {
    expect(onFirst([clusterRole('cluster-admin', ['* @*:*'])])).not.toEqual([]);
  });
});
