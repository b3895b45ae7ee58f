import { describe, expect, it } from 'vitest';
import { fieldErrorsText } from '../../src/kube/index.ts';
import {
  type PolicyObject,
  validatePolicyContent,
  validatePolicyObject,
  withDefaults,
} from '../../src/rbac/index.ts';
import { aggregated, clusterRole, clusterRoleBinding, roleBinding } from './objects.ts';

describe('validation', () => {
  it("doubles the errors of a ClusterRole's update, as kube-apiserver does", () => {
    const bad = clusterRole('r', []);
    const object = { ...bad, rules: [{ verbs: [] }] };
    const once = validatePolicyObject(object);
    expect(once).toHaveLength(3);
    expect(validatePolicyObject(object, bad)).toEqual([...once, ...once]);
    expect(validatePolicyContent(object, bad)).toEqual(once);
  });

  it.each<[string, PolicyObject, PolicyObject]>([
    ['name', clusterRoleBinding('b', 'new', 'User x'), clusterRoleBinding('b', 'old', 'User x')],
    ['kind', roleBinding('n', 'b', 'Role r'), roleBinding('n', 'b', 'ClusterRole r')],
  ])('refuses another roleRef: %s', (_, object, old) => {
    expect(fieldErrorsText(validatePolicyObject(object, old))).toMatch(
      /^roleRef: Invalid value: \{"APIGroup":"rbac\.authorization\.k8s\.io","Kind":"\w+","Name":"\w+"\}: cannot change roleRef$/,
    );
    expect(validatePolicyObject(old, old)).toEqual([]);
  });

  it('does not mind whether the stored roleRef was defaulted', () => {
    const binding = clusterRoleBinding('b', 'r', 'User x');
    expect(validatePolicyObject(binding, withDefaults(binding))).toEqual([]);
    expect(validatePolicyObject(withDefaults(binding), binding)).toEqual([]);
  });

  it('takes null for any list, as Go does', () => {
    const nulls = { ...clusterRole('r', []), rules: null, aggregationRule: null };
    expect(validatePolicyObject(nulls)).toEqual([]);
    expect(validatePolicyObject({ ...clusterRoleBinding('b', 'r'), subjects: null })).toEqual([]);
  });

  it('names every bad selector', () => {
    const object = aggregated('r', [{ ok: 'x' }, { 'a/b/c': 'x' }, { ok: 'no!' }]);
    expect(validatePolicyObject(object).map(({ field }) => field)).toEqual([
      'aggregationRule.clusterRoleSelectors[1].matchLabels',
      'aggregationRule.clusterRoleSelectors[1]',
      'aggregationRule.clusterRoleSelectors[2].matchLabels',
      'aggregationRule.clusterRoleSelectors[2]',
    ]);
  });
});

describe('defaulting', () => {
  it('fills in API groups and no namespaces', () => {
    const binding = withDefaults(
      roleBinding('dev', 'b', 'Role r', 'User u', 'Group g', 'ServiceAccount s', 'X x'),
    );
    const rbac = 'rbac.authorization.k8s.io';
    expect(binding.roleRef).toEqual({ apiGroup: rbac, kind: 'Role', name: 'r' });
    expect(binding.subjects).toEqual([
      { kind: 'User', apiGroup: rbac, name: 'u' },
      { kind: 'Group', apiGroup: rbac, name: 'g' },
      { kind: 'ServiceAccount', name: 's' },
      { kind: 'X', name: 'x' },
    ]);
  });
});
