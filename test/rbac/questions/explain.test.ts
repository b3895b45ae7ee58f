import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects } from '../../../src/rbac/index.ts';
import { explain } from '../../../src/rbac/questions/explain.ts';
import { pathRequest, resourceRequest, user } from '../attributes.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';
import { dev, jane, janesRole, policyOf, robot, viewFor } from './near-misses/support.ts';

describe('an explained refusal', () => {
  it('ranks by nearness, says nothing twice, and stops at the limit', () => {
    const policy = policyOf(
      clusterRole('view', ['get pods', 'list pods/log', 'get pods', 'watch pods']),
      roleBinding('dev', 'b1', 'ClusterRole view', 'User jane', 'User jane', 'Group devs'),
      roleBinding('dev', 'b2', 'ClusterRole view', 'User jane'),
      clusterRole('lister', ['list pods']),
      roleBinding('prod', 'b3', 'ClusterRole lister', 'User jane'),
      roleBinding('dev', 'b4', 'ClusterRole lister', 'User Jane', 'User bob', 'Group admins'),
    );
    const request = resourceRequest(jane, 'list', 'pods', dev);
    const kinds = (limit?: number) =>
      explain(policy, request, limit === undefined ? {} : { limit }).nearMisses.map(({ kind }) => kind);
    expect(kinds(10)).toEqual([
      'otherNamespace',
      'subresource',
      'verb',
      'verb',
      'subjectCase',
      'missingGroup',
      'otherUser',
    ]);
    expect(kinds()).toEqual(['otherNamespace', 'subresource', 'verb', 'verb', 'subjectCase']);
    expect(kinds(1)).toEqual(['otherNamespace']);
    expect(kinds(0)).toEqual([]);
  });

  it('lets no kind crowd out the others', () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const policy = policyOf(
      clusterRole('lister', ['list pods']),
      ...names.map((namespace) => roleBinding(namespace, 'b', 'ClusterRole lister', 'User jane')),
      ...janesRole('get pods'),
    );
    const { nearMisses } = explain(policy, resourceRequest(jane, 'list', 'pods', dev));
    expect(nearMisses.map(({ kind }) => kind)).toEqual(['otherNamespace', 'otherNamespace', 'verb']);
  });

  it('carries the facts: binding, subject, roleRef, role and rule, with their source', () => {
    const policy = createPolicy();
    policy.put('cluster', clusterRole('view', ['get nodes', 'get pods']));
    policy.put('manifests', roleBinding('dev', 'b', 'ClusterRole view', 'User jane'));
    const [nearest] = explain(policy, resourceRequest(jane, 'list', 'pods', dev)).nearMisses;
    expect(nearest?.grant).toEqual({
      binding: { kind: 'RoleBinding', namespace: 'dev', name: 'b', source: 'manifests' },
      subject: { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' },
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
      role: { kind: 'ClusterRole', namespace: '', name: 'view', source: 'cluster' },
      rule: { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      ruleIndex: 1,
    });
  });

  it('never proposes the groups and users of the system under the default policy', () => {
    const policy = policyOf(...defaultPolicyObjects());
    for (const request of [
      resourceRequest(jane, 'get', 'pods', dev),
      resourceRequest(jane, 'delete', 'nodes', { name: 'n1' }),
      pathRequest(jane, 'get', '/metrics'),
    ]) {
      expect(explain(policy, request).nearMisses.map(({ kind }) => kind)).toEqual(['nothingNear']);
    }
  });

  it('looks at a bounded part of a large policy', () => {
    const policy = policyOf(clusterRole('view', ['get pods']));
    for (let index = 0; index < 10_000; index++) {
      const namespace = `n${index}`;
      policy.put('manifests', clusterRole(`role${index}`, ['get nodes']));
      policy.put('manifests', roleBinding(namespace, 'b', `ClusterRole role${index}`, 'User jane'));
      policy.put(
        'manifests',
        clusterRoleBinding(`b${index}`, `role${index}`, `User u${index}`, `Group g${index}`),
      );
    }
    policy.put('manifests', roleBinding('dev', 'b', 'ClusterRole ghost', 'User jane'));
    let looks = 0;
    const counted = <T>(items: Iterable<T>) =>
      (function* () {
        for (const item of items) {
          looks++;
          yield item;
        }
      })();
    const view = policy.view();
    const counting = {
      ...policy,
      view: () => ({
        ...view,
        roles: () => counted(view.roles()),
        bindings: () => counted(view.bindings()),
        slots: () => counted(view.slots()),
        subjectNames: (type: 'user' | 'group') => counted(view.subjectNames(type)),
        bindingsNaming: (type: 'user' | 'group', name: string) => counted(view.bindingsNaming(type, name)),
      }),
    };
    const { nearMisses } = explain(counting, resourceRequest(jane, 'get', 'pods', dev));
    expect(nearMisses.map(({ kind }) => kind)).toEqual(['roleRefMissing']);
    expect(looks).toBeGreaterThan(100);
    expect(looks).toBeLessThan(5_000);
  });

  it('quotes what is no plain word, so that no name can forge a line or a terminal sequence', () => {
    const policy = policyOf(
      role('dev', 'x"\n\u001b[31m', ['get pods']),
      roleBinding('dev', 'b', 'Role x"\n\u001b[31m', 'User jane'),
    );
    const [nearest] = explain(policy, resourceRequest(jane, 'li\nst', 'pods', dev)).nearMisses;
    expect(nearest?.message).toBe(
      String.raw`Role "x\"\n\x1b[31m", given to User "jane" by RoleBinding "b" in namespace "dev", allows get on pods, not "li\nst".`,
    );
  });

  it('says nothing of the caller but names: no uid, no extra', () => {
    const secretive = { ...jane, uid: 'UID-7', extra: { scopes: ['EXTRA-7'] } };
    const text = JSON.stringify(
      explain(policyOf(...viewFor('User bob')), resourceRequest(secretive, 'get', 'pods', dev)),
    );
    expect(text).toContain('bob');
    expect(text).not.toMatch(/UID-7|EXTRA-7/);
  });
});

describe('the remedy', () => {
  it('is a Role and a RoleBinding with the very name, for a request in a namespace', () => {
    const request = resourceRequest(robot, 'get', 'deployments', {
      ...dev,
      apiGroup: 'apps',
      subresource: 'scale',
      name: 'web',
    });
    const [nearest] = explain(policyOf(), request).nearMisses;
    const name = expect.stringMatching(/^allow-get-deployments-scale-[0-9a-f]{12}$/);
    expect(nearest?.remedy).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { namespace: 'dev', name },
        rules: [
          { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['web'], verbs: ['get'] },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { namespace: 'dev', name },
        subjects: [{ kind: 'ServiceAccount', namespace: 'dev', name: 'robot' }],
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      },
    ]);
  });

  it('is cluster-wide where nothing else helps', () => {
    const [nearest] = explain(policyOf(), pathRequest(jane, 'get', '/metrics')).nearMisses;
    expect(nearest?.remedy?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  });

  it.each<[string, Attributes]>([
    ['every verb', resourceRequest(jane, '*', 'pods', dev)],
    ['every resource', resourceRequest(jane, 'get', '*', dev)],
    ['a subresource of every resource', resourceRequest(jane, 'get', '*', { ...dev, subresource: 'log' })],
    ['every API group', resourceRequest(jane, 'get', 'pods', { ...dev, apiGroup: '*' })],
    ['every path below', pathRequest(jane, 'get', '/x/*')],
    ['a user without a name', resourceRequest(user(''), 'get', 'pods', dev)],
  ])('is not given for %s, which no least grant allows', (_title, request) => {
    const [nearest] = explain(policyOf(), request).nearMisses;
    expect(nearest).toMatchObject({ kind: 'nothingNear', remedy: undefined });
  });
});

describe('an explained allow', () => {
  it('names rule, role, binding and subject', () => {
    const policy = createPolicy();
    policy.put('cluster', clusterRole('view', ['list pods', 'get pods']));
    policy.put('manifests', roleBinding('dev', 'b', 'ClusterRole view', 'Group devs', 'User jane'));
    expect(explain(policy, resourceRequest(jane, 'get', 'pods', dev))).toEqual({
      decision: 'allow',
      reason: 'RBAC: allowed by RoleBinding "b/dev" of ClusterRole "view" to Group "devs"',
      grant: {
        binding: { kind: 'RoleBinding', namespace: 'dev', name: 'b', source: 'manifests' },
        role: { kind: 'ClusterRole', namespace: '', name: 'view', source: 'cluster' },
        rule: { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
        ruleIndex: 1,
        subject: { kind: 'Group', name: 'devs', apiGroup: 'rbac.authorization.k8s.io' },
      },
      nearMisses: [],
    });
  });

  it('says of a superuser that no rule was asked', () => {
    const request = resourceRequest(user('root', 'system:masters'), 'get', 'pods', dev);
    expect(explain(policyOf(...viewFor('User root')), request)).toEqual({
      decision: 'allow',
      reason: '',
      superuser: true,
      nearMisses: [],
    });
  });
});
