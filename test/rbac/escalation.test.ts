import { describe, expect, it } from 'vitest';
import { createPolicy, type PolicyObject } from '../../src/rbac/index.ts';
import { user } from './attributes.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from './objects.ts';

const jane = user('jane');

/** A policy in which jane holds these rules cluster-wide. */
function janeHolding(...rules: string[]) {
  const policy = createPolicy();
  policy.put('cluster', clusterRole('held', rules));
  policy.put('cluster', clusterRoleBinding('held', 'held', 'User jane'));
  const write = (object: PolicyObject, oldObject?: PolicyObject) =>
    policy.confirmNoEscalation({
      user: jane,
      object,
      ...(oldObject === undefined ? {} : { oldObject }),
      namespace: object.metadata.namespace ?? '',
      name: oldObject?.metadata.name ?? '',
    });
  return { policy, write };
}

const RBAC = '@rbac.authorization.k8s.io:';
const sum = aggregated('sum', [{ to: 'sum' }]);

describe('escalation', () => {
  it('an aggregationRule takes everything, on the new object and on the old one', () => {
    const { aggregationRule: _, ...plain } = sum;
    const refusal = {
      kind: 'forbidden',
      resource: 'clusterroles',
      name: 'sum',
      text: 'must have cluster-admin privileges to use the aggregationRule',
    };
    expect(janeHolding('* @*:pods').write(sum)).toEqual(refusal);
    expect(janeHolding('* @*:pods').write(plain, sum)).toEqual(refusal);
    expect(janeHolding('* @*:pods').write(plain)).toBeUndefined();
    expect(janeHolding('* @*:*', '* /*').write(sum)).toBeUndefined();
    expect(janeHolding(`escalate ${RBAC}clusterroles`).write(sum)).toBeUndefined();
  });

  it.each([
    ['bind by name', `bind ${RBAC}clusterroles#powerful`, 'ClusterRole powerful', undefined],
    ['bind of another name', `bind ${RBAC}clusterroles#other`, 'ClusterRole powerful', 'forbidden'],
    ['bind of an absent role', `bind ${RBAC}clusterroles`, 'ClusterRole ghost', undefined],
    ['an absent role without bind', 'get pods', 'ClusterRole ghost', 'notFound'],
    ['a kind that is none', `* ${RBAC}*`, 'Bogus x', 'internal'],
    ['all rules held', 'get secrets', 'ClusterRole powerful', undefined],
  ])('%s', (_, held, roleRef, kind) => {
    const { policy, write } = janeHolding(held);
    policy.put('cluster', clusterRole('powerful', ['get secrets']));
    expect(write(roleBinding('dev', 'b', roleRef, 'User jane'))?.kind).toBe(kind);
  });

  it('a default role that was emptied still weighs what its keeper will put back', () => {
    const policy = createPolicy({ restored: [clusterRole('powerful', ['get secrets'])] });
    policy.put('cluster', clusterRole('powerful', []));
    const request = {
      user: user('jane'),
      namespace: '',
      name: '',
      object: clusterRoleBinding('b', 'powerful', 'User jane'),
    };
    expect(policy.confirmNoEscalation(request)?.kind).toBe('forbidden');
    // It grants nothing until then.
    policy.put('cluster', request.object);
    expect(policy.rulesFor(user('jane'), 'default').resourceRules).toEqual([]);
  });

  it('a name in the rule for escalate counts on update, not on create', () => {
    const { write } = janeHolding(`escalate ${RBAC}roles#mine`);
    const mine = role('dev', 'mine', ['get secrets']);
    expect(write(mine)?.kind).toBe('forbidden');
    expect(write(mine, role('dev', 'mine', []))).toBeUndefined();
  });

  it('leaves to validation what says nothing', () => {
    const { write } = janeHolding('get pods');
    const object = JSON.parse(
      '{"kind":"ClusterRole","metadata":{"name":"r"},"rules":[null,{"verbs":["get"]}]}',
    );
    const binding = JSON.parse('{"kind":"ClusterRoleBinding","metadata":{"name":"b"},"subjects":[null]}');
    expect(write(object)).toBeUndefined();
    expect(write(binding)).toEqual({ kind: 'internal', text: 'unsupported role reference kind: ""' });
  });

  it('only what RBAC grants counts, but system:masters may do everything', () => {
    const { policy } = janeHolding('get pods');
    const object = clusterRole('new', ['* secrets']);
    const root = user('root', 'system:masters');
    expect(policy.confirmNoEscalation({ user: root, object, namespace: '', name: '' })).toBeUndefined();
  });

  it('a role hidden by one of the same name in another source counts too', () => {
    const { policy, write } = janeHolding('get pods', `delete ${RBAC}clusterroles`);
    policy.put('manifests', clusterRole('powerful', ['get secrets']));
    policy.put('cluster', clusterRole('powerful', ['get pods']));
    expect(write(clusterRoleBinding('b', 'powerful', 'User jane'))?.kind).toBe('forbidden');
    policy.remove('manifests', 'ClusterRole', '', 'powerful');
    expect(write(clusterRoleBinding('b', 'powerful', 'User jane'))).toBeUndefined();
  });

  it('the rules of an aggregated role are those it gathers', () => {
    const { policy, write } = janeHolding('get pods');
    policy.put('cluster', sum);
    const bind = () => write(clusterRoleBinding('b', 'sum', 'User jane'))?.kind;
    expect(bind()).toBeUndefined();
    policy.put('cluster', clusterRole('part', ['get secrets'], { to: 'sum' }));
    expect(bind()).toBe('forbidden');
  });

  // kube-apiserver checks such a role to the end, however long that takes.
  it('stricter than kube-apiserver: rules that come apart into too many permissions are refused unread', () => {
    const many = Array.from({ length: 300 }, (_, index) => `x${index}`);
    const object: PolicyObject = {
      kind: 'ClusterRole',
      metadata: { name: 'huge' },
      rules: [{ verbs: many, apiGroups: [''], resources: many }],
    };
    expect(janeHolding('* @*:*').write(object)).toBeUndefined();
    expect(janeHolding('get pods').write(object)).toMatchObject({
      kind: 'forbidden',
      text: expect.stringContaining('too many'),
    });
  });
});

describe('an update that only the garbage collector needs', () => {
  const meta = { name: 'r', uid: 'u', resourceVersion: '1', labels: { a: '' } };
  const old: PolicyObject = {
    ...clusterRole('r', ['get secrets#a']),
    metadata: meta,
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { l: '' } }] },
  };
  const { write } = janeHolding('get pods');

  it.each<[string, Partial<PolicyObject>, boolean]>([
    ['nothing', {}, true],
    ['finalizers', { metadata: { ...meta, finalizers: ['x/y'] } }, true],
    ['ownerReferences', { metadata: { ...meta, ownerReferences: [{ uid: '1' }] } }, true],
    ['managedFields', { metadata: { ...meta, managedFields: [{}] } }, true],
    ['an empty map, an empty text', { metadata: { ...meta, annotations: {}, generateName: '' } }, true],
    ['a label', { metadata: { ...meta, labels: { a: 'x' } } }, false],
    ['a label with an empty value, gone', { metadata: { ...meta, labels: {} } }, false],
    ['no uid', { metadata: { name: 'r', resourceVersion: '1', labels: { a: '' } } }, false],
    ['a name of a rule, gone', { rules: clusterRole('r', ['get secrets']).rules ?? [] }, false],
    [
      'an empty name in a rule',
      { rules: [{ ...clusterRole('r', ['get secrets']).rules?.[0], resourceNames: [''] }] },
      false,
    ],
    [
      'a selector that selects more',
      { aggregationRule: { clusterRoleSelectors: [{ matchLabels: {} }] } },
      false,
    ],
  ])('%s: let through %s', (_, change, passes) => {
    expect(write({ ...old, ...change } as PolicyObject, old) === undefined).toBe(passes);
  });
});
