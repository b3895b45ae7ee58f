import { describe, expect, it } from 'vitest';
import { createPolicySurvey } from '../../../src/gateway/index.ts';
import { createPolicy } from '../../../src/rbac/index.ts';
import { clusterRole, clusterRoleBinding } from '../../rbac/objects.ts';

function surveyed({ age, upToDate = true }: { readonly age?: number; readonly upToDate?: boolean } = {}) {
  const policy = createPolicy();
  const clock = { now: 0 };
  const survey = createPolicySurvey({
    policy,
    files: { appliedAt: () => 7, upToDate: () => upToDate },
    clusterAge: () => age,
    now: () => clock.now,
  });
  return { policy, clock, survey };
}

const wild = clusterRole('wild', ['* @*:*']);

describe('a survey of a policy', () => {
  it('counts what each source has, and says how fresh that is', () => {
    const { policy, survey } = surveyed({ age: 3_000, upToDate: false });
    policy.put('cluster', wild);
    policy.put('manifests', clusterRole('reader', ['get @:pods']));
    policy.put('manifests', clusterRoleBinding('readers', 'reader', 'User jane'));
    expect(survey.sources()).toEqual([
      { name: 'manifests', roles: 1, bindings: 1, state: { type: 'files', since: 7, upToDate: false } },
      { name: 'cluster', roles: 1, bindings: 0, state: { type: 'followed', silentFor: 3_000 } },
    ]);
    policy.replaceSource('manifests', []);
    expect(survey.sources().map(({ name }) => name)).toEqual(['cluster']);
  });

  it('knows that objects of this process are never behind', () => {
    const { policy, survey } = surveyed();
    policy.put('cluster', wild);
    expect(survey.sources()).toMatchObject([{ name: 'cluster', state: { type: 'own' } }]);
  });

  it('has all objects in the order of their names, bindings with their role and subjects', () => {
    const { policy, survey } = surveyed();
    policy.put('cluster', clusterRoleBinding('b', 'wild', 'User jane'));
    policy.put('cluster', clusterRoleBinding('a', 'wild', 'Group crowd'));
    policy.put('cluster', wild);
    expect(survey.objects()).toMatchObject([
      { kind: 'ClusterRole', name: 'wild', rules: [{ verbs: ['*'] }] },
      { kind: 'ClusterRoleBinding', name: 'a', role: { name: 'wild' }, subjects: [{ name: 'crowd' }] },
      { kind: 'ClusterRoleBinding', name: 'b' },
    ]);
  });

  it('looks for findings at most every ten seconds, and not at all in a policy that would hold others up', () => {
    const { policy, clock, survey } = surveyed();
    policy.put('cluster', wild);
    const found = survey.findings();
    expect(found).toContainEqual(
      expect.objectContaining({ object: expect.objectContaining({ name: 'wild' }) }),
    );
    policy.remove('cluster', 'ClusterRole', '', 'wild');
    clock.now = 9_999;
    expect(survey.findings()).toBe(found);
    clock.now = 10_000;
    expect(survey.findings()).toEqual([]);
    const many = Array.from({ length: 5_001 }, (_, index) => clusterRole(`role-${index}`, ['get @:pods']));
    policy.replaceSource('manifests', many);
    clock.now = 20_000;
    expect(survey.findings()).toBeUndefined();
  });
});
