import { describe, expect, it } from 'vitest';
import { createPolicy, type PolicyObject } from '../../../src/rbac/index.ts';
import { TooManyRightsError } from '../../../src/rbac/questions/too-many-rights-error.ts';
import { type WhatCan, whatCan } from '../../../src/rbac/questions/what-can.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';

const OBJECTS: readonly PolicyObject[] = [
  clusterRole('edit', [
    'patch,get,deletecollection,approve,list,watch,delete,create,update pods',
    'get /x,/a',
  ]),
  clusterRole('more', [
    'get,* pods',
    'get @apps:deployments',
    'get secrets#web,db',
    'list secrets#db,web,db',
  ]),
  clusterRole('basic', ['create selfsubjectaccessreviews', 'get /version']),
  role('dev', 'own', ['get,list pods', 'get secrets']),
  clusterRoleBinding('jane', 'edit', 'User jane'),
  clusterRoleBinding('basic', 'basic', 'Group system:authenticated'),
  clusterRoleBinding('accounts', 'own-accounts', 'Group system:serviceaccounts:dev'),
  clusterRole('own-accounts', ['get nodes']),
  roleBinding('dev', 'jane', 'Role own', 'User jane', 'Group devs'),
  roleBinding('dev', 'edit', 'ClusterRole edit', 'Group devs', 'ServiceAccount ci'),
  roleBinding('prod', 'more', 'ClusterRole more', 'Group devs'),
  roleBinding('prod', 'ghost', 'ClusterRole ghost', 'User jane'),
];

const USUAL = 'get,list,watch,create,update,patch,delete,deletecollection,approve';

function policyOf(objects: readonly PolicyObject[] = OBJECTS) {
  const policy = createPolicy();
  for (const object of objects) policy.put('manifests', object);
  return policy;
}

function lines({ rows, paths }: WhatCan): string[] {
  return [
    ...rows.map(({ namespace, apiGroup, resource, resourceNames, verbs }) =>
      [
        namespace,
        `${apiGroup}/${resource}`,
        ...(resourceNames.length > 0 ? [resourceNames.join()] : []),
        verbs.join(),
      ].join(' '),
    ),
    ...paths.map(({ path, verbs }) => `${path} ${verbs.join()}`),
  ];
}

describe('what-can', () => {
  it('merges rules into rows, with verbs as kubectl orders them, and names apart', () => {
    expect(lines(whatCan(policyOf(), { kind: 'Group', name: 'devs' }))).toEqual([
      `dev /pods ${USUAL}`,
      'dev /secrets get',
      'prod /pods *',
      'prod /secrets db,web get,list',
      'prod apps/deployments get',
    ]);
  });

  it('puts what holds everywhere first, and paths only when a ClusterRoleBinding grants them', () => {
    expect(lines(whatCan(policyOf(), { kind: 'User', name: 'jane' }))).toEqual([
      `* /pods ${USUAL}`,
      'dev /pods get,list',
      'dev /secrets get',
      '/a get',
      '/x get',
    ]);
  });

  it.each([
    ['a user', { kind: 'User', name: 'new' }, ['* /selfsubjectaccessreviews create', '/version get']],
    ['a group', { kind: 'Group', name: 'new' }, ['* /selfsubjectaccessreviews create', '/version get']],
    [
      'an account',
      { kind: 'ServiceAccount', namespace: 'dev', name: 'new' },
      ['* /nodes get', '* /selfsubjectaccessreviews create', '/version get'],
    ],
    [
      'an account without a namespace',
      { kind: 'ServiceAccount', name: 'ci' },
      ['* /selfsubjectaccessreviews create', '/version get'],
    ],
  ] as const)('counts on demand the groups that Kubernetes adds to %s', (_, subject, expected) => {
    expect(lines(whatCan(policyOf(), subject))).toEqual([]);
    expect(lines(whatCan(policyOf(), subject, { authenticated: true }))).toEqual(expected);
  });

  it('knows a service account by its user name', () => {
    const account = whatCan(policyOf(), { kind: 'ServiceAccount', namespace: 'dev', name: 'ci' });
    expect(account).toEqual(whatCan(policyOf(), { kind: 'User', name: 'system:serviceaccount:dev:ci' }));
    expect(lines(account)).toEqual([`dev /pods ${USUAL}`]);
  });

  it('shows through which binding, role and rule a row is held, each once', () => {
    const { rows } = whatCan(
      policyOf(),
      { kind: 'User', name: 'jane', groups: ['devs'] },
      { namespace: 'dev' },
    );
    const pods = rows.find(({ namespace, resource }) => namespace === 'dev' && resource === 'pods');
    expect(
      pods?.grants.map(({ binding, role, ruleIndex, subject }) => [
        binding.name,
        role.name,
        ruleIndex,
        subject.name,
      ]),
    ).toEqual([
      ['jane', 'own', 0, 'jane'],
      ['edit', 'edit', 0, 'devs'],
    ]);
  });

  it('says which bindings lead to no role, and who may do everything', () => {
    const jane = whatCan(policyOf(), { kind: 'User', name: 'jane', groups: ['system:masters'] });
    expect(jane.dangling).toEqual([
      { kind: 'RoleBinding', namespace: 'prod', name: 'ghost', source: 'manifests' },
    ]);
    expect(jane.superuser).toBe(true);
    expect(whatCan(policyOf(), { kind: 'User', name: 'system:masters' }).superuser).toBe(false);
    expect(whatCan(policyOf(), { kind: 'Group', name: 'system:masters' }).superuser).toBe(true);
  });

  it('refuses to write out more rows than anybody can read', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `r${index}`);
    const wide: PolicyObject = {
      kind: 'ClusterRole',
      metadata: { name: 'wide' },
      rules: [{ verbs: ['get'], apiGroups: many, resources: many }],
    };
    const policy = policyOf([wide, clusterRoleBinding('wide', 'wide', 'User jane')]);
    expect(() => whatCan(policy, { kind: 'User', name: 'jane' })).toThrow(TooManyRightsError);
  });
});
