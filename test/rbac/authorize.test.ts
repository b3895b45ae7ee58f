import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../../src/rbac/index.ts';
import { pathRequest, resourceRequest, user } from './attributes.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './objects.ts';

function policyOf(...objects: PolicyObject[]) {
  const policy = createPolicy();
  for (const object of objects) policy.put('manifests', object);
  return policy;
}

const jane = user('jane', 'developers', 'system:authenticated');
const lecture = policyOf(
  role('default', 'pod-reader', ['get,watch,list pods']),
  roleBinding('default', 'read-pods', 'Role pod-reader', 'User jane'),
);

describe("the lecture's pod-reader", () => {
  it.each<[UserInfo, string, string, string, string]>([
    [jane, 'get', 'pods', 'default', 'allow'],
    [jane, 'list', 'pods', 'default', 'allow'],
    [jane, 'watch', 'pods', 'default', 'allow'],
    [jane, 'delete', 'pods', 'default', 'noOpinion'],
    [jane, 'get', 'secrets', 'default', 'noOpinion'],
    [jane, 'get', 'pods', 'dev', 'noOpinion'],
    [jane, 'list', 'pods', '', 'noOpinion'],
    [user('Jane'), 'get', 'pods', 'default', 'noOpinion'],
    [user('bob', 'jane'), 'get', 'pods', 'default', 'noOpinion'],
  ])('%o may %s %s in %j: %s', (who, verb, resource, namespace, decision) => {
    expect(lecture.authorize(resourceRequest(who, verb, resource, { namespace })).decision).toBe(decision);
  });

  it('names the binding, the role and the subject in the reason', () => {
    expect(lecture.authorize(resourceRequest(jane, 'get', 'pods', { namespace: 'default' })).reason).toBe(
      'RBAC: allowed by RoleBinding "read-pods/default" of Role "pod-reader" to User "jane"',
    );
  });
});

describe('system:masters', () => {
  it.each([
    resourceRequest(user('root', 'system:masters'), '', 'anything'),
    pathRequest(user('root', 'a', 'system:masters'), 'get', '/x'),
  ])('may do everything, without a reason (%#)', (attributes) => {
    expect(createPolicy().authorize(attributes)).toEqual({ decision: 'allow', reason: '' });
  });

  it('is a group and not a user', () => {
    expect(createPolicy().authorize(resourceRequest(user('system:masters'), 'get', 'pods')).decision).toBe(
      'noOpinion',
    );
  });
});

describe('S-260 subjects', () => {
  const pods = role('dev', 'pods', ['get pods']);
  it.each<[string, UserInfo, boolean]>([
    ['User *', user('jane'), false],
    ['User *', user('*'), true],
    ['Group *', user('jane', 'system:authenticated'), false],
    ['Group developers', jane, true],
    ['User developers', jane, false],
    ['Group jane', jane, false],
    ['ServiceAccount ci', user('system:serviceaccount:dev:ci'), true],
    ['ServiceAccount ci', user('system:serviceaccount:other:ci'), false],
    ['ServiceAccount other:ci', user('system:serviceaccount:other:ci'), true],
    ['ServiceAccount ci', user('ci', 'system:serviceaccounts:dev'), false],
    ['User system:serviceaccount:dev:ci', user('system:serviceaccount:dev:ci'), true],
    ['Group system:serviceaccounts:dev', user('x', 'system:serviceaccounts:dev'), true],
    ['Node jane', jane, false],
    ['user jane', jane, false],
  ])('%s is %o: %s', (subject, who, matches) => {
    const policy = policyOf(pods, roleBinding('dev', 'b', 'Role pods', subject));
    const { decision } = policy.authorize(resourceRequest(who, 'get', 'pods', { namespace: 'dev' }));
    expect(decision).toBe(matches ? 'allow' : 'noOpinion');
  });

  it('a service account without a namespace in a ClusterRoleBinding is nobody', () => {
    const policy = policyOf(
      clusterRole('pods', ['get pods']),
      clusterRoleBinding('b', 'pods', 'ServiceAccount ci'),
    );
    for (const name of ['system:serviceaccount::ci', 'system:serviceaccount:default:ci', 'ci']) {
      expect(policy.authorize(resourceRequest(user(name), 'get', 'pods')).decision).toBe('noOpinion');
    }
  });

  it('the first that matches is the one named, whichever way it was found', () => {
    const subjects = ['Group nobody', 'Group b', 'User jane', 'Group a'];
    const policy = policyOf(clusterRole('pods', ['get pods']), clusterRoleBinding('x', 'pods', ...subjects));
    const reasonFor = (who: UserInfo) => policy.authorize(resourceRequest(who, 'get', 'pods')).reason;
    expect(reasonFor(user('jane', 'a', 'b'))).toContain('to Group "b"');
    expect(reasonFor(user('jane', 'a'))).toContain('to User "jane"');
    expect(reasonFor(user('bob', 'a'))).toContain('to Group "a"');
  });

  it('are named by name before namespace, and quoted as Go quotes', () => {
    const policy = policyOf(
      clusterRole('a"b', ['get pods']),
      roleBinding('dev', 'x\u202e', 'ClusterRole a"b', 'ServiceAccount ci'),
    );
    const asked = resourceRequest(user('system:serviceaccount:dev:ci'), 'get', 'pods', { namespace: 'dev' });
    expect(policy.authorize(asked).reason).toBe(
      'RBAC: allowed by RoleBinding "x\\u202e/dev" of ClusterRole "a\\"b" to ServiceAccount "ci/dev"',
    );
  });
});

describe('scopes', () => {
  const policy = policyOf(
    clusterRole('all', ['* @*:*', 'get /healthz']),
    role('dev', 'namespaces', ['get,delete namespaces']),
    roleBinding('dev', 'b', 'ClusterRole all', 'User jane'),
    roleBinding('dev', 'n', 'Role namespaces', 'User eve'),
    clusterRoleBinding('c', 'all', 'User root'),
  );

  it.each([
    [
      'a RoleBinding grants in its namespace',
      resourceRequest(jane, 'get', 'pods', { namespace: 'dev' }),
      'allow',
    ],
    ['and in no other', resourceRequest(jane, 'get', 'pods', { namespace: 'prod' }), 'noOpinion'],
    ['and not cluster-wide', resourceRequest(jane, 'list', 'pods'), 'noOpinion'],
    ['nor its URLs', pathRequest(jane, 'get', '/healthz'), 'noOpinion'],
    [
      'a ClusterRoleBinding grants everywhere',
      resourceRequest(user('root'), 'x', 'y', { namespace: 'z' }),
      'allow',
    ],
    ['and its URLs', pathRequest(user('root'), 'get', '/healthz'), 'allow'],
    ['with the verb as it is', pathRequest(user('root'), 'head', '/healthz'), 'noOpinion'],
    [
      'a namespace is in itself',
      resourceRequest(user('eve'), 'delete', 'namespaces', { namespace: 'dev', name: 'dev' }),
      'allow',
    ],
    [
      'and another is not',
      resourceRequest(user('eve'), 'delete', 'namespaces', { namespace: 'prod', name: 'prod' }),
      'noOpinion',
    ],
    ['nor are they listed', resourceRequest(user('eve'), 'get', 'namespaces', { name: 'dev' }), 'noOpinion'],
  ])('%s', (_, attributes, decision) => {
    expect(policy.authorize(attributes).decision).toBe(decision);
  });

  it('cluster-wide bindings are named before those of the namespace', () => {
    const both = policyOf(
      clusterRole('all', ['* @*:*']),
      roleBinding('dev', 'r', 'ClusterRole all', 'User jane'),
      clusterRoleBinding('c', 'all', 'Group developers'),
    );
    expect(both.authorize(resourceRequest(jane, 'get', 'pods', { namespace: 'dev' })).reason).toBe(
      'RBAC: allowed by ClusterRoleBinding "c" of ClusterRole "all" to Group "developers"',
    );
  });
});

describe('roleRefs that lead nowhere', () => {
  const missing = 'clusterrole.rbac.authorization.k8s.io "ghost" not found';
  const policy = policyOf(
    clusterRoleBinding('a', 'ghost', 'User jane', 'User eve'),
    clusterRoleBinding('b', 'ghost', 'User jane'),
    roleBinding('dev', 'c', 'Role gone', 'User jane'),
    roleBinding('dev', 'd', 'Bogus x', 'User bob'),
    roleBinding('dev', 'e', 'ClusterRole pods', 'User eve'),
    clusterRole('pods', ['get pods']),
  );

  it.each([
    [jane, '', `RBAC: ${missing}`],
    [jane, 'dev', `RBAC: [${missing}, role.rbac.authorization.k8s.io "gone" not found]`],
    [user('bob'), 'dev', 'RBAC: unsupported role reference kind: "Bogus"'],
    [user('zoe'), 'dev', ''],
    [user('eve'), 'dev', 'RBAC: allowed by RoleBinding "e/dev" of ClusterRole "pods" to User "eve"'],
  ])('%o in %j: %s', (who, namespace, reason) => {
    expect(policy.authorize(resourceRequest(who, 'get', 'pods', { namespace })).reason).toBe(reason);
  });

  it('are named for paths too, the cluster-wide ones', () => {
    expect(policy.authorize(pathRequest(jane, 'get', '/x'))).toEqual({
      decision: 'noOpinion',
      reason: `RBAC: ${missing}`,
    });
  });

  it('count as soon as the role exists, and no longer when it is gone', () => {
    const changing = policyOf(clusterRoleBinding('a', 'ghost', 'User jane'));
    const ask = () => changing.authorize(resourceRequest(jane, 'get', 'pods')).decision;
    expect(ask()).toBe('noOpinion');
    changing.put('manifests', clusterRole('ghost', ['get pods']));
    expect(ask()).toBe('allow');
    changing.put('manifests', clusterRole('ghost', ['get secrets']));
    expect(ask()).toBe('noOpinion');
    changing.put('manifests', clusterRole('ghost', ['* pods']));
    expect(ask()).toBe('allow');
    changing.remove('manifests', 'ClusterRole', '', 'ghost');
    expect(ask()).toBe('noOpinion');
  });
});

describe('a role held through several bindings', () => {
  it('is held as long as one of them is there, and only such a one is named', () => {
    const names = ['b1', 'b2', 'b3'];
    const policy = policyOf(
      clusterRole('r', ['get pods']),
      ...names.map((name) => clusterRoleBinding(name, 'r', 'User jane')),
    );
    for (const [index, name] of names.entries()) {
      const { reason } = policy.authorize(resourceRequest(jane, 'get', 'pods'));
      expect(names.slice(index).some((left) => reason.includes(`"${left}"`))).toBe(true);
      policy.remove('manifests', 'ClusterRoleBinding', '', name);
    }
    expect(policy.authorize(resourceRequest(jane, 'get', 'pods')).decision).toBe('noOpinion');
  });

  it('follows a binding that is replaced', () => {
    const policy = policyOf(
      clusterRole('r', ['get pods']),
      clusterRoleBinding('b', 'r', 'User jane', 'Group g'),
    );
    policy.put('manifests', clusterRoleBinding('b', 'r', 'Group g'));
    expect(policy.authorize(resourceRequest(jane, 'get', 'pods')).decision).toBe('noOpinion');
    expect(policy.authorize(resourceRequest(user('jane', 'g'), 'get', 'pods')).reason).toContain(
      'to Group "g"',
    );
    policy.put('manifests', clusterRoleBinding('b', 'other', 'Group g'));
    expect(policy.authorize(resourceRequest(user('jane', 'g'), 'get', 'pods')).decision).toBe('noOpinion');
  });
});

describe('several sources', () => {
  const asked = resourceRequest(jane, 'get', 'pods');

  it('all count with their bindings', () => {
    const policy = createPolicy();
    policy.put('manifests', clusterRole('r', []));
    policy.put('manifests', clusterRoleBinding('b', 'r', 'User jane'));
    policy.put('cluster', clusterRole('r', ['get pods']));
    expect(policy.authorize(asked).decision).toBe('noOpinion');
    policy.put('cluster', clusterRoleBinding('b', 'r', 'User jane'));
    expect(policy.authorize(asked).decision).toBe('allow');
    policy.remove('manifests', 'ClusterRoleBinding', '', 'b');
    expect(policy.authorize(asked).decision).toBe('allow');
    policy.remove('cluster', 'ClusterRoleBinding', '', 'b');
    expect(policy.authorize(asked).decision).toBe('noOpinion');
  });

  it('a roleRef means the own role, else the one of the source that appeared first', () => {
    const policy = createPolicy();
    policy.put('first', clusterRole('r', []));
    policy.put('second', clusterRole('r', ['get pods']));
    policy.put('third', clusterRoleBinding('b', 'r', 'User jane'));
    expect(policy.authorize(asked).decision).toBe('noOpinion');
    policy.remove('first', 'ClusterRole', '', 'r');
    expect(policy.authorize(asked).decision).toBe('allow');
    policy.put('third', clusterRole('r', []));
    expect(policy.authorize(asked).decision).toBe('noOpinion');
    policy.remove('third', 'ClusterRole', '', 'r');
    expect(policy.authorize(asked).decision).toBe('allow');
  });
});
