import { describe, expect, it } from 'vitest';
import { createPolicy, type PolicyObject } from '../../../src/rbac/index.ts';
import { type PathQuery, type ResourceQuery, whoCan } from '../../../src/rbac/questions/who-can.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';

const OBJECTS: readonly PolicyObject[] = [
  clusterRole('reader', ['get,list pods,pods/log', 'get secrets#db,web']),
  clusterRole('all', ['* @*:*', '* /*']),
  clusterRole('health', ['get /healthz,/livez/*']),
  role('dev', 'reader', ['get pods', 'get,watch pods']),
  clusterRoleBinding('admins', 'all', 'Group system:masters', 'User root', 'User root'),
  clusterRoleBinding('readers', 'reader', 'Group devs'),
  clusterRoleBinding('probes', 'health', 'ServiceAccount mon:probe'),
  roleBinding('dev', 'ci', 'Role reader', 'ServiceAccount ci', 'User jane', 'User root'),
  roleBinding('prod', 'ci', 'ClusterRole reader', 'User system:serviceaccount:dev:ci', 'User jane'),
  roleBinding('prod', 'probe', 'ClusterRole health', 'User jane'),
  roleBinding('prod', 'ghost', 'ClusterRole ghost', 'User jane'),
];

const pods = { apiGroup: '', resource: 'pods' };
const secrets = { apiGroup: '', resource: 'secrets' };
const EVERYWHERE = ['User/root *', 'Group/devs *', 'Group/system:masters *'];
const MASTERS = ['User/root *', 'Group/system:masters *'];

const TABLE: readonly [string, ResourceQuery | PathQuery, readonly string[]][] = [
  [
    'anywhere',
    { verb: 'get', ...pods },
    [
      'User/root *',
      'User/jane dev,prod',
      'Group/devs *',
      'Group/system:masters *',
      'ServiceAccount/dev/ci dev,prod',
    ],
  ],
  [
    'in one namespace',
    { verb: 'get', ...pods, namespace: 'dev' },
    ['User/root *', 'User/jane dev', 'Group/devs *', 'Group/system:masters *', 'ServiceAccount/dev/ci dev'],
  ],
  ['at the cluster scope only', { verb: 'get', ...pods, namespace: '' }, EVERYWHERE],
  ['in a namespace that nobody has heard of', { verb: 'get', ...pods, namespace: 'x' }, EVERYWHERE],
  [
    'a verb of a namespace only',
    { verb: 'watch', ...pods },
    ['User/root *', 'User/jane dev', 'Group/system:masters *', 'ServiceAccount/dev/ci dev'],
  ],
  [
    'a subresource',
    { verb: 'get', ...pods, subresource: 'log' },
    ['User/root *', 'User/jane prod', 'Group/devs *', 'Group/system:masters *', 'ServiceAccount/dev/ci prod'],
  ],
  ['a subresource that no rule names', { verb: 'get', ...pods, subresource: 'exec' }, MASTERS],
  ['a named object', { verb: 'get', ...secrets, name: 'db', namespace: '' }, EVERYWHERE],
  ['any object, when only names are allowed', { verb: 'get', ...secrets }, MASTERS],
  ['everything', { verb: '*', apiGroup: '*', resource: '*' }, MASTERS],
  ['a path', { verb: 'get', path: '/livez/etcd' }, [...MASTERS, 'ServiceAccount/mon/probe *']],
  ['another verb on a path', { verb: 'put', path: '/healthz' }, MASTERS],
];

function policyOf(objects: readonly PolicyObject[]) {
  const policy = createPolicy();
  for (const object of objects) policy.put('manifests', object);
  return policy;
}

describe('who-can', () => {
  it.each(TABLE)('answers for a request %s', (_, query, expected) => {
    const { subjects, superusers } = whoCan(policyOf(OBJECTS), query);
    const found = subjects.map(
      ({ subject: { kind, namespace, name }, namespaces }) =>
        `${[kind, namespace, name].filter((part) => part !== undefined).join('/')} ${namespaces.join(',')}`,
    );
    expect(found.sort()).toEqual([...expected].sort());
    expect(superusers).toBe(true);
  });

  it('orders users, groups and service accounts by name', () => {
    const { subjects } = whoCan(policyOf(OBJECTS), { verb: 'get', ...pods });
    expect(subjects.map(({ subject }) => subject.name)).toEqual([
      'jane',
      'root',
      'devs',
      'system:masters',
      'ci',
    ]);
  });

  it('shows every binding and rule that grants, with the subject as the binding writes it', () => {
    const { subjects } = whoCan(policyOf(OBJECTS), { verb: 'get', ...pods });
    const account = subjects.find(({ subject }) => subject.kind === 'ServiceAccount');
    expect(account?.subject).toEqual({ kind: 'ServiceAccount', namespace: 'dev', name: 'ci' });
    expect(
      account?.grants.map(({ binding, role, ruleIndex, subject }) => [binding, role, ruleIndex, subject]),
    ).toEqual([
      [
        object('RoleBinding', 'dev', 'ci'),
        object('Role', 'dev', 'reader'),
        0,
        { kind: 'ServiceAccount', name: 'ci' },
      ],
      [
        object('RoleBinding', 'dev', 'ci'),
        object('Role', 'dev', 'reader'),
        1,
        { kind: 'ServiceAccount', name: 'ci' },
      ],
      [
        object('RoleBinding', 'prod', 'ci'),
        object('ClusterRole', '', 'reader'),
        0,
        { kind: 'User', name: 'system:serviceaccount:dev:ci', apiGroup: 'rbac.authorization.k8s.io' },
      ],
    ]);
    const root = subjects.find(({ subject }) => subject.name === 'root');
    expect(root?.grants.filter(({ binding }) => binding.name === 'admins')).toHaveLength(1);
  });

  it('says which source a role is from when the binding is of another', () => {
    const policy = policyOf([clusterRole('reader', ['get pods'])]);
    policy.put('cluster', clusterRoleBinding('b', 'reader', 'User jane'));
    const [jane] = whoCan(policy, { verb: 'get', ...pods }).subjects;
    expect(jane?.grants.map(({ binding, role }) => [binding.source, role.source])).toEqual([
      ['cluster', 'manifests'],
    ]);
  });
});

function object(kind: string, namespace: string, name: string) {
  return { kind, namespace, name, source: 'manifests' };
}
