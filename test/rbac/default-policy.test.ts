import { describe, expect, it } from 'vitest';
import {
  createPolicy,
  defaultPolicyObjects,
  type PolicyObject,
  type PolicyRule,
  validatePolicyObject,
} from '../../src/rbac/index.ts';
import { pathRequest, resourceRequest, user } from './attributes.ts';
import { roleBinding } from './objects.ts';

const objects = defaultPolicyObjects();
const policy = createPolicy();
for (const object of objects) policy.put('cluster', object);
for (const name of ['admin', 'edit', 'view']) {
  policy.put('cluster', roleBinding('dev', name, `ClusterRole ${name}`, `User ${name}`));
}

function stored(name: string): PolicyObject {
  return objects.find((object) => object.kind === 'ClusterRole' && object.metadata.name === name)!;
}

function rulesOf(name: string): readonly PolicyRule[] {
  const object = stored(name);
  return object.kind === 'ClusterRole' ? (object.rules ?? []) : [];
}

/** Every single permission of the user in dev as text. */
function permissions(name: string): Set<string> {
  const rules = policy.rulesFor(user(name), 'dev').resourceRules;
  return new Set(
    rules.flatMap(({ verbs, apiGroups = [], resources }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${group}/${resource}`)),
      ),
    ),
  );
}

describe('the default policy', () => {
  it('is valid, complete and marked as the default', () => {
    expect(objects.flatMap((object) => validatePolicyObject(object))).toEqual([]);
    expect(objects.filter(({ kind }) => kind === 'ClusterRole')).toHaveLength(68);
    expect(objects.filter(({ kind }) => kind === 'ClusterRoleBinding')).toHaveLength(49);
    const inNamespaces = objects.filter(({ kind }) => kind === 'Role' || kind === 'RoleBinding');
    expect(inNamespaces.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'Role kube-public',
      ...Array(6).fill('Role kube-system'),
      'RoleBinding kube-public',
      ...Array(6).fill('RoleBinding kube-system'),
    ]);
    for (const { metadata } of objects) {
      expect(metadata.labels).toMatchObject({ 'kubernetes.io/bootstrapping': 'rbac-defaults' });
      expect(metadata.annotations).toEqual({ 'rbac.authorization.kubernetes.io/autoupdate': 'true' });
      expect(metadata.name).not.toMatch(/openshift/);
    }
  });

  it.each(['admin', 'edit', 'view'])('%s as aggregated is what a cluster has stored', (name) => {
    expect(policy.rulesFor(user(name), 'dev').resourceRules).toEqual(rulesOf(name));
    expect(stored(name)).toHaveProperty('aggregationRule.clusterRoleSelectors');
  });

  it('admin holds what edit holds, edit what view holds, and each more', () => {
    const [admin, edit, view] = [permissions('admin'), permissions('edit'), permissions('view')];
    expect([...edit].filter((text) => !admin.has(text))).toEqual([]);
    expect([...view].filter((text) => !edit.has(text))).toEqual([]);
    expect(admin.size).toBeGreaterThan(edit.size);
    expect(edit.size).toBeGreaterThan(view.size);
  });

  it('view reads no secrets, runs nothing, and sees no roles', () => {
    const forbidden = [...permissions('view')].filter((text) =>
      /secrets|pods\/(exec|attach|portforward|proxy)|rbac/.test(text),
    );
    expect(forbidden).toEqual([]);
    expect([...permissions('view')].filter((text) => !/^(get|list|watch) /.test(text))).toEqual([]);
  });

  it.each([
    ['edit reads secrets', resourceRequest(user('edit'), 'get', 'secrets', { namespace: 'dev' }), 'allow'],
    [
      'edit does not bind',
      resourceRequest(user('edit'), 'create', 'rolebindings', {
        apiGroup: 'rbac.authorization.k8s.io',
        namespace: 'dev',
      }),
      'noOpinion',
    ],
    [
      'admin binds',
      resourceRequest(user('admin'), 'create', 'rolebindings', {
        apiGroup: 'rbac.authorization.k8s.io',
        namespace: 'dev',
      }),
      'allow',
    ],
    [
      'admin does not escalate',
      resourceRequest(user('admin'), 'escalate', 'roles', {
        apiGroup: 'rbac.authorization.k8s.io',
        namespace: 'dev',
      }),
      'noOpinion',
    ],
    [
      'anybody reads the version',
      pathRequest(user('system:anonymous', 'system:unauthenticated'), 'get', '/version'),
      'allow',
    ],
    [
      'nobody unknown reads the APIs',
      pathRequest(user('system:anonymous', 'system:unauthenticated'), 'get', '/api'),
      'noOpinion',
    ],
    [
      'a scheduler elects its leader by leases of kube-system',
      resourceRequest(user('system:kube-scheduler'), 'update', 'leases', {
        apiGroup: 'coordination.k8s.io',
        namespace: 'kube-system',
      }),
      'allow',
    ],
    [
      'and by no others',
      resourceRequest(user('system:kube-controller-manager'), 'delete', 'configmaps', {
        namespace: 'kube-system',
      }),
      'noOpinion',
    ],
    ['the signed-in do', pathRequest(user('jane', 'system:authenticated'), 'get', '/apis/apps/v1'), 'allow'],
    [
      'and ask about themselves',
      resourceRequest(user('jane', 'system:authenticated'), 'create', 'selfsubjectaccessreviews', {
        apiGroup: 'authorization.k8s.io',
      }),
      'allow',
    ],
    [
      'a node gets nothing from RBAC',
      resourceRequest(user('system:node:a', 'system:nodes'), 'get', 'nodes'),
      'noOpinion',
    ],
  ])('%s', (_, attributes, decision) => {
    expect(policy.authorize(attributes).decision).toBe(decision);
  });

  it('is a fresh copy each time', () => {
    expect(defaultPolicyObjects()[0]).not.toBe(objects[0]);
    expect(defaultPolicyObjects()).toEqual(objects);
  });
});
