import { describe, expect, it } from 'vitest';
import { createRefusalExplainer } from '../../../src/gateway/index.ts';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../../../src/rbac/index.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../../rbac/objects.ts';

const jane: UserInfo = { username: 'jane', groups: ['devs'] };
const EXPLAINED = clusterRole('explained', ['get @sallyport.dev:explanations']);
const READS_RBAC = clusterRole('reads-rbac', [
  'get,list @rbac.authorization.k8s.io:roles,clusterroles,rolebindings,clusterrolebindings',
]);

function refused(changes: Partial<Attributes> = {}): Attributes {
  return {
    user: jane,
    verb: 'delete',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'dev',
    name: 'web',
    ...changes,
  };
}

function explainerOver(objects: readonly PolicyObject[], now = () => 0) {
  const policy = createPolicy();
  for (const object of objects) policy.put('test', object);
  return createRefusalExplainer({ policy, now });
}

const OWN = [role('dev', 'reader', ['get pods']), roleBinding('dev', 'readers', 'Role reader', 'Group devs')];

describe('who is told why a request was refused', () => {
  it.each([
    ['nobody by default', [], 'dev', false],
    ['who has the permission everywhere', [clusterRoleBinding('x', 'explained', 'User jane')], 'dev', true],
    [
      'who has it in the namespace',
      [roleBinding('dev', 'x', 'ClusterRole explained', 'Group devs')],
      'dev',
      true,
    ],
    [
      'not who has it elsewhere',
      [roleBinding('prod', 'x', 'ClusterRole explained', 'Group devs')],
      'dev',
      false,
    ],
    ['not somebody else', [clusterRoleBinding('x', 'explained', 'User bob')], 'dev', false],
  ])('%s', (_name, bindings, namespace, told) => {
    const explain = explainerOver([EXPLAINED, ...OWN, ...bindings]);
    expect(explain(refused({ namespace })).map(({ kind }) => kind)).toEqual(told ? ['verb'] : []);
  });

  it('for a request without a namespace, only who has it everywhere', () => {
    const objects = [
      EXPLAINED,
      clusterRole('nodes', ['get nodes']),
      clusterRoleBinding('n', 'nodes', 'User jane'),
    ];
    const nodes = refused({ resource: 'nodes', namespace: '', name: 'n1' });
    const inDev = roleBinding('dev', 'x', 'ClusterRole explained', 'User jane');
    expect(explainerOver([...objects, inDev])(nodes)).toEqual([]);
    const everywhere = clusterRoleBinding('x', 'explained', 'User jane');
    expect(explainerOver([...objects, everywhere])(nodes)).toHaveLength(1);
  });

  it('is not the one who may create or list explanations', () => {
    const other = clusterRole('explained', [
      'create,list,watch @sallyport.dev:explanations',
      'get explanations',
    ]);
    expect(
      explainerOver([other, ...OWN, clusterRoleBinding('x', 'explained', 'User jane')])(refused()),
    ).toEqual([]);
  });
});

/** Policies in which all that is near has a hidden name: jane neither holds it nor could read it. */
const HIDDEN: readonly (readonly [kind: string, objects: PolicyObject[]])[] = [
  [
    'subjectCase',
    [clusterRole('hidden', ['* pods']), roleBinding('dev', 'hidden-b', 'ClusterRole hidden', 'User Jane')],
  ],
  [
    'subjectPrefix',
    [
      clusterRole('hidden', ['* pods']),
      roleBinding('dev', 'hidden-b', 'ClusterRole hidden', 'User oidc:jane'),
    ],
  ],
  [
    'subjectKind',
    [clusterRole('hidden', ['* pods']), roleBinding('dev', 'hidden-b', 'ClusterRole hidden', 'Group jane')],
  ],
  [
    'missingGroup',
    [clusterRole('hidden', ['* pods']), clusterRoleBinding('hidden-b', 'hidden', 'Group hidden-admins')],
  ],
  [
    'otherUser',
    [clusterRole('hidden', ['* pods']), clusterRoleBinding('hidden-b', 'hidden', 'User hidden-bob')],
  ],
  [
    'roleRefMisspelt',
    [role('dev', 'hidden-editor', ['* pods']), roleBinding('dev', 'own', 'Role hidden-editr', 'User jane')],
  ],
  [
    'roleRefOfOtherKind',
    [clusterRole('hidden', ['* pods']), roleBinding('dev', 'own', 'Role hidden', 'User jane')],
  ],
  [
    'roleRefMissing',
    [role('dev', 'hidden-editor', ['get x']), roleBinding('dev', 'own', 'Role hidden-editr', 'User jane')],
  ],
];

describe('what is told', () => {
  it.each(HIDDEN)('of %s: nothing that the caller neither holds nor could read', (kind, objects) => {
    const all = [EXPLAINED, ...objects, clusterRoleBinding('x', 'explained', 'User jane')];
    expect(explainerOver(all)(refused())).toEqual([]);
    const reader = clusterRoleBinding('y', 'reads-rbac', 'User jane');
    const told = explainerOver([...all, READS_RBAC, reader])(refused());
    expect(told.map((miss) => miss.kind)).toContain(kind);
    expect(told[0]?.message).toContain('hidden');
  });

  it('of a service account: what it holds, named by its namespace or the binding’s', () => {
    const ci: UserInfo = { username: 'system:serviceaccount:dev:ci', groups: [] };
    const explain = explainerOver([
      EXPLAINED,
      role('dev', 'reader', ['get pods']),
      roleBinding('dev', 'readers', 'Role reader', 'ServiceAccount ci'),
      clusterRoleBinding('x', 'explained', 'ServiceAccount dev:ci'),
    ]);
    expect(explain(refused({ user: ci })).map(({ kind }) => kind)).toEqual(['verb']);
  });

  it('is silent where nothing comes near, instead of saying so', () => {
    const explain = explainerOver([EXPLAINED, clusterRoleBinding('x', 'explained', 'User jane')]);
    expect(explain(refused())).toEqual([]);
  });

  it('is no more than three', () => {
    const many = Array.from({ length: 20 }, (_, n) => [
      role('dev', `reader-${n}`, ['get pods']),
      roleBinding('dev', `readers-${n}`, `Role reader-${n}`, 'User jane'),
    ]).flat();
    const explain = explainerOver([EXPLAINED, ...many, clusterRoleBinding('x', 'explained', 'User jane')]);
    expect(explain(refused())).toHaveLength(3);
  });
});

describe('a flood of refused requests', () => {
  it('is explained ten times to one, fifty times to all, and costs no explanation to who may see none', () => {
    const explain = explainerOver([EXPLAINED, ...OWN, clusterRoleBinding('x', 'explained', 'Group devs')]);
    const explained = (users: number) =>
      Array.from({ length: 5_000 }, (_, n) =>
        explain(refused({ user: { username: `user-${n % users}`, groups: ['devs'] } })),
      ).filter((told) => told.length > 0).length;
    expect(explained(1)).toBe(10);
    expect(explained(5_000)).toBe(40);
    const bob = { username: 'bob', groups: [] };
    const other = explainerOver([EXPLAINED, ...OWN, clusterRoleBinding('x', 'explained', 'User jane')]);
    for (let n = 0; n < 1_000; n++) expect(other(refused({ user: bob }))).toEqual([]);
    // bob's have taken nothing of what is for all.
    expect(other(refused())).toHaveLength(1);
  });

  it('is explained again when time has passed', () => {
    let time = 0;
    const explain = explainerOver(
      [EXPLAINED, ...OWN, clusterRoleBinding('x', 'explained', 'User jane')],
      () => time,
    );
    const told = () => explain(refused()).length;
    expect(Array.from({ length: 11 }, told)).toEqual([...new Array(10).fill(1), 0]);
    time = 1_000;
    expect([told(), told()]).toEqual([1, 0]);
  });
});
