import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/kube/index.ts';
import { createPolicy, type PolicyObject, validatePolicyObject } from '../../../src/rbac/index.ts';
import { explain, type NearMissKind } from '../../../src/rbac/questions/explain.ts';
import { anyText } from '../../support/any-text.ts';
import { pathRequest, resourceRequest, user } from '../attributes.ts';
import { createLinearEvaluator } from '../linear-evaluator.ts';

// Few words that are like each other, so that requests are missed narrowly; and odd ones.
const oneOf = (...words: string[]) => fc.constantFrom(...words);
const some = (word: fc.Arbitrary<string>) => fc.array(word, { minLength: 1, maxLength: 2 });
const odd = fc.oneof(
  oneOf(
    '',
    ' ',
    '*',
    '**',
    '*/',
    '*/log',
    'a/b',
    '..',
    '%',
    '__proto__',
    'constructor',
    '"\n\u001b[31m',
    '\ud800',
    'İ',
    '#:/|',
    ':',
  ),
  anyText({ maxLength: 12 }),
);
const or = (common: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 40, arbitrary: common }, { weight: 1, arbitrary: odd });

const verb = or(oneOf('get', 'get', 'list', 'create', 'deletecollection'));
const group = or(oneOf('', '', 'apps'));
const ruleResource = or(
  oneOf('pods', 'pods/log', 'pods/exec', 'pods/*', '*/log', 'Pods', 'pod', 'deployments', '*'),
);
const resource = or(oneOf('pods', 'deployments'));
const subresource = or(oneOf('', '', 'log', 'exec'));
const name = or(oneOf('', 'a', 'b'));
const url = or(oneOf('/x', '/x/*', '/x/', '/a/*/b', '*'));
const path = or(oneOf('/x', '/x/', '/x/y', '/a/c/b'));
const namespace = or(oneOf('dev', 'dev', 'prod'));
const roleName = or(oneOf('view', 'view', 'view', 'edit', 'edit', 'veiw'));
const userName = or(
  oneOf(
    'jane',
    'jane',
    'jane',
    'jane',
    'Jane',
    'oidc:jane',
    'https://i#jane',
    'robot',
    'system:serviceaccount:dev:robot',
    'system:serviceaccount:prod:robot',
    'system:anonymous',
  ),
);
const groupName = or(oneOf('devs', 'devs', 'devs', 'Devs', 'oidc:devs', 'jane', 'system:authenticated'));

const rules = fc.array(
  fc.oneof(
    fc.record({ verbs: some(verb), apiGroups: some(group), resources: some(ruleResource) }),
    fc.record({
      verbs: some(verb),
      apiGroups: some(group),
      resources: some(ruleResource),
      resourceNames: some(name),
    }),
    fc.record({ verbs: some(verb), nonResourceURLs: some(url) }),
  ),
  { maxLength: 3 },
);
const subject = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: userName }),
  fc.record({ kind: fc.constant('Group'), name: groupName }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: oneOf('robot', 'jane'), namespace }),
  fc.record({ kind: odd, name: userName }),
);
const subjects = fc.array(subject, { minLength: 1, maxLength: 4 });
const bindingName = oneOf('b1', 'b2', 'b3', 'b4', 'b5', 'b6');
const object: fc.Arbitrary<PolicyObject> = fc.oneof(
  fc.record({ kind: fc.constant('ClusterRole' as const), metadata: fc.record({ name: roleName }), rules }),
  fc.record({
    kind: fc.constant('Role' as const),
    metadata: fc.record({ name: roleName, namespace }),
    rules,
  }),
  fc.record({
    kind: fc.constant('ClusterRoleBinding' as const),
    metadata: fc.record({ name: bindingName }),
    subjects,
    roleRef: fc.record({ kind: or(oneOf('ClusterRole')), name: roleName }),
  }),
  fc.record({
    kind: fc.constant('RoleBinding' as const),
    metadata: fc.record({ name: bindingName, namespace }),
    subjects,
    roleRef: fc.record({ kind: or(oneOf('ClusterRole', 'Role')), name: roleName }),
  }),
);
const caller = fc
  .tuple(userName, fc.array(groupName, { maxLength: 2 }), fc.nat(40))
  .map(([username, groups, dice]) => user(username, ...groups, ...(dice === 0 ? ['system:masters'] : [])));
const request: fc.Arbitrary<Attributes> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        caller,
        verb,
        resource,
        fc.record({ apiGroup: group, subresource, namespace: fc.oneof(namespace, fc.constant('')), name }),
      )
      .map(([who, asked, plural, more]) => resourceRequest(who, asked, plural, more)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(caller, verb, path).map(([who, asked, to]) => pathRequest(who, asked, to)),
  },
);
const world = fc.record({
  objects: fc.array(object, { maxLength: 30, size: 'max' }),
  requests: fc.array(request, { minLength: 12, maxLength: 12 }),
  limit: fc.integer({ min: 1, max: 12 }),
});

function policyOf(objects: readonly PolicyObject[]) {
  const policy = createPolicy();
  for (const each of objects) policy.put('s', each);
  return policy;
}

/** Of objects with one name the last counts, as in the policy. */
function effective(objects: readonly PolicyObject[]): PolicyObject[] {
  return [
    ...new Map(
      objects.map((each) => [JSON.stringify([each.kind, each.metadata.namespace, each.metadata.name]), each]),
    ).values(),
  ];
}

describe('an explanation', () => {
  it('never disagrees with the decision, and names for an allow a rule that the plain evaluator allows by', () => {
    let allows = 0;
    fc.assert(
      fc.property(world, ({ objects, requests }) => {
        const policy = policyOf(objects);
        const linear = createLinearEvaluator(effective(objects));
        for (const attributes of requests) {
          const decided = policy.authorize(attributes);
          const { decision, reason, grant, superuser, nearMisses } = explain(policy, attributes);
          expect({ decision, reason }).toEqual(decided);
          expect(decision === 'allow').toBe(linear.decide(attributes));
          expect(superuser === true).toBe(attributes.user.groups.includes('system:masters'));
          expect(nearMisses.length === 0).toBe(decision === 'allow');
          if (decision !== 'allow' || superuser === true) continue;
          allows++;
          if (grant === undefined) throw new Error(`no grant for ${reason}`);
          const { binding, role, rule, subject } = grant;
          // The rule alone, bound as the grant says, allows; and its reason is the decision's.
          const alone = createLinearEvaluator([
            { kind: role.kind === 'Role' ? 'Role' : 'ClusterRole', metadata: { ...role }, rules: [rule] },
            binding.kind === 'RoleBinding'
              ? { kind: binding.kind, metadata: { ...binding }, subjects: [subject], roleRef: role }
              : { kind: 'ClusterRoleBinding', metadata: { ...binding }, subjects: [subject], roleRef: role },
          ]);
          const { allowed, reasons } = alone.explain(attributes);
          expect(allowed).toBe(true);
          // The plain evaluator's quoting is for plain names.
          if (/^[ -~]*$/.test(reason)) expect([...reasons]).toEqual([reason]);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(allows).toBeGreaterThan(100);
  }, 30_000);

  it('has near misses whose remedy, put into the policy, allows the request, and nothing but it', () => {
    const kinds = new Map<NearMissKind, number>();
    fc.assert(
      fc.property(
        world,
        verb,
        resource,
        name,
        ({ objects, requests, limit }, otherVerb, other, otherName) => {
          const policy = policyOf(objects);
          for (const attributes of requests) {
            const { nearMisses } = explain(policy, attributes, { limit });
            expect(nearMisses.length).toBeLessThanOrEqual(limit);
            expect(new Set(nearMisses.map(({ message }) => message)).size).toBe(nearMisses.length);
            for (const { kind, remedy } of nearMisses) {
              kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
              if (remedy === undefined) continue;
              expect(remedy.flatMap((each) => validatePolicyObject(each))).toEqual([]);
              expect(policyOf([...objects, ...remedy]).authorize(attributes).decision).toBe('allow');
              const alone = createLinearEvaluator(remedy);
              const stranger = { ...attributes, user: user('stranger', ...attributes.user.groups, 'other') };
              const wider: [Attributes, boolean][] = [
                [{ ...attributes, verb: otherVerb }, otherVerb === attributes.verb],
                [{ ...attributes, apiGroup: 'other' }, !attributes.isResourceRequest],
                [
                  { ...attributes, resource: other },
                  !attributes.isResourceRequest || other === attributes.resource,
                ],
                [{ ...attributes, subresource: 'other' }, !attributes.isResourceRequest],
                [{ ...attributes, path: `${attributes.path}/other` }, attributes.isResourceRequest],
                [
                  { ...attributes, name: otherName },
                  !attributes.isResourceRequest || attributes.name === '' || otherName === attributes.name,
                ],
                [
                  { ...attributes, namespace: 'other' },
                  !attributes.isResourceRequest || attributes.namespace === '',
                ],
                [stranger, attributes.user.groups.includes('system:masters')],
              ];
              expect(wider.map(([asked]) => alone.decide(asked))).toEqual(
                wider.map(([, allowed]) => allowed),
              );
            }
          }
        },
      ),
      { numRuns: 1_000 },
    );
    // Otherwise the property would hold for an explanation that knows one kind only.
    expect([...kinds.keys()].sort()).toHaveLength(23);
  }, 30_000);
});
