import { describe, expect, it } from 'vitest';
import { createPolicy, InvalidPolicyError, type PolicyObject } from '../../src/rbac/index.ts';
import { resourceRequest, user } from './attributes.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from './objects.ts';

const asked = resourceRequest(user('jane'), 'get', 'pods', { namespace: 'dev' });

function policyOf(...objects: PolicyObject[]) {
  const policy = createPolicy();
  policy.replaceSource('manifests', objects);
  return policy;
}

function thrown(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

const GOOD = [role('dev', 'r', ['get pods']), roleBinding('dev', 'b', 'Role r', 'User jane')];

describe('replacing what a source has', () => {
  it('takes the old objects away and leaves other sources alone', () => {
    const policy = policyOf(...GOOD, clusterRole('c', ['get nodes']));
    policy.put('cluster', clusterRole('mine', ['get secrets']));
    policy.put('cluster', clusterRoleBinding('mine', 'mine', 'User jane'));
    expect(policy.authorize(asked).decision).toBe('allow');
    policy.replaceSource('manifests', [role('dev', 'r', ['list pods']), GOOD[1]!]);
    expect(policy.authorize(asked).decision).toBe('noOpinion');
    expect(policy.authorize({ ...asked, verb: 'list' }).decision).toBe('allow');
    policy.replaceSource('manifests', []);
    expect(policy.authorize({ ...asked, verb: 'list' }).decision).toBe('noOpinion');
    expect(policy.authorize({ ...asked, resource: 'secrets' }).decision).toBe('allow');
    expect([...policy.view().roles()].map(({ source, name }) => `${source} ${name}`)).toEqual([
      'cluster mine',
    ]);
  });

  it('counts the later of two objects of the same name', () => {
    expect(policyOf(...GOOD, role('dev', 'r', ['list pods'])).authorize(asked).decision).toBe('noOpinion');
    expect(policyOf(role('dev', 'r', ['list pods']), ...GOOD).authorize(asked).decision).toBe('allow');
  });

  it('keeps the last good policy in force when one object is invalid, and tells of every invalid one', () => {
    const policy = policyOf(...GOOD);
    const error = thrown(() =>
      policy.replaceSource('manifests', [
        clusterRole('fine', ['* pods']),
        { ...role('dev', 'r', []), rules: [{ verbs: [], apiGroups: [''], resources: ['pods'] }] },
        roleBinding('prod', 'b', 'Wrong r', 'User jane'),
      ]),
    );
    expect(error).toBeInstanceOf(InvalidPolicyError);
    expect((error as InvalidPolicyError).message.split('\n')).toEqual([
      'Role dev/r: Role.rbac.authorization.k8s.io "r" is invalid: rules[0].verbs: Required value: ' +
        'verbs must contain at least one value',
      'RoleBinding prod/b: RoleBinding.rbac.authorization.k8s.io "b" is invalid: roleRef.kind: ' +
        'Unsupported value: "Wrong": supported values: "Role", "ClusterRole"',
    ]);
    expect(
      (error as InvalidPolicyError).objects.map(({ object, errors }) => [
        object.metadata.name,
        errors[0]?.field,
      ]),
    ).toEqual([
      ['r', 'rules[0].verbs'],
      ['b', 'roleRef.kind'],
    ]);
    expect(policy.authorize(asked).decision).toBe('allow');
    expect([...policy.view().roles()].map(({ name }) => name)).toEqual(['r']);
  });

  it.each<[string, PolicyObject]>([
    ['metadata.namespace: Required value', { ...GOOD[0]!, metadata: { name: 'r' } } as PolicyObject],
    ['metadata.namespace: Required value', { ...GOOD[1]!, metadata: { name: 'r', namespace: '' } }],
    ['metadata.name: Required value', { ...clusterRole('', []), metadata: { generateName: 'x-' } }],
    [
      'metadata.name: Required value: name or generateName is required',
      { ...clusterRole('', []), metadata: {} },
    ],
  ])('refuses an object that would take another one’s place: %s', (message, object) => {
    expect((thrown(() => policyOf(object)) as Error).message).toMatch(new RegExp(`is invalid: ${message}$`));
  });

  it('ends a long list of problems with their number', () => {
    const bad = Array.from({ length: 53 }, (_, index) => aggregated(`r${index}`, []));
    const lines = (thrown(() => policyOf(...bad)) as Error).message.split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('and 3 more');
  });
});
