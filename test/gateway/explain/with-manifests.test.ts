import { describe, expect, it } from 'vitest';
import { withManifests } from '../../../src/gateway/explain/with-manifests.ts';
import { createPolicy, diffPolicies } from '../../../src/rbac/index.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../../rbac/objects.ts';

describe('a policy with manifests', () => {
  const policy = createPolicy();
  policy.put('manifests', role('dev', 'reader', ['get pods']));
  policy.put('manifests', roleBinding('dev', 'readers', 'Role reader', 'User jane'));
  policy.put('cluster', clusterRole('viewer', ['list nodes']));
  policy.put('cluster', clusterRoleBinding('viewers', 'viewer', 'User bob'));
  const changes = (...added: Parameters<typeof withManifests>[1]) =>
    diffPolicies(policy, withManifests(policy, added)).map(({ subject, gains, losses }) => [
      subject.name,
      gains.flatMap(({ verbs }) => verbs),
      losses.flatMap(({ verbs }) => verbs),
    ]);

  it('is the same without any, and with what it has', () => {
    expect(changes()).toEqual([]);
    expect(changes(role('dev', 'reader', ['get pods']))).toEqual([]);
  });

  it('has them in place of those that have their names, whichever source these come from', () => {
    expect(changes(role('dev', 'reader', ['list pods']), clusterRole('viewer', []))).toEqual([
      ['bob', [], ['list']],
      ['jane', ['list'], ['get']],
    ]);
  });

  it('has new ones beside the cluster’s own', () => {
    expect(changes(clusterRoleBinding('more', 'viewer', 'User eve'))).toEqual([['eve', ['list'], []]]);
  });
});
