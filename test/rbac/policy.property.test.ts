import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../../src/rbac/index.ts';
import { pathRequest, resourceRequest, user } from './attributes.ts';
import { createLinearEvaluator } from './linear-evaluator.ts';

// Few words, so that rules and requests meet often; among them those that RBAC treats specially.
const oneOf = (...words: string[]) => fc.constantFrom(...words);
const some = (word: fc.Arbitrary<string>, minLength = 0) => fc.array(word, { minLength, maxLength: 3 });
const verb = oneOf('get', 'list', 'create', '*', '');
const group = oneOf('', 'apps', '*');
const ruleResource = oneOf(
  'pods',
  'pods/log',
  'pods/log/x',
  '*/log',
  '*/log/x',
  '*',
  'pods/*',
  'deployments',
  '*/',
);
const resource = oneOf('pods', 'deployments', 'pods/log', '*', 'new', '');
const subresource = oneOf('', '', 'log', 'log/x', 'x', '*');
const name = oneOf('', 'a', 'b', '*');
const url = oneOf('/healthz', '/healthz/*', '/healthz*', '*', '/a/*/b', '/**');
const path = oneOf('/healthz', '/healthz/x', '/healthzz', '/a/c/b', '/a/*/b', '*', '');
const namespace = oneOf('dev', 'prod');
const roleName = oneOf('r1', 'r1', 'r2', 'ghost');
const userName = oneOf('jane', 'g1', '*', 'system:serviceaccount:dev:ci', 'system:serviceaccount:prod:ci');
const groupName = oneOf('g1', 'g2', '*', 'jane', 'system:authenticated');

const rule = fc.oneof(
  fc.record({
    verbs: some(verb),
    apiGroups: some(group),
    resources: some(ruleResource),
    resourceNames: fc.oneof(fc.constant([]), some(name)),
  }),
  fc.record({ verbs: some(verb), nonResourceURLs: some(url) }),
);
const rules = fc.array(rule, { maxLength: 3 });
const subject = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: userName }),
  fc.record({ kind: fc.constant('Group'), name: groupName }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('ci') }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('ci'), namespace }),
  fc.record({ kind: fc.constant('Bogus'), name: userName }),
);
const subjects = fc.array(subject, { maxLength: 4 });
const bindingName = oneOf('b1', 'b2', 'b3', 'b4');
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
    roleRef: fc.record({ kind: oneOf('ClusterRole', 'ClusterRole', 'Role', 'Bogus'), name: roleName }),
  }),
  fc.record({
    kind: fc.constant('RoleBinding' as const),
    metadata: fc.record({ name: bindingName, namespace }),
    subjects,
    roleRef: fc.record({ kind: oneOf('ClusterRole', 'Role'), name: roleName }),
  }),
);
const caller = fc.tuple(userName, fc.array(groupName, { maxLength: 3 }), fc.integer({ min: 0, max: 60 }));
const request: fc.Arbitrary<Attributes> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        caller,
        verb,
        resource,
        fc.record({ apiGroup: group, subresource, namespace: oneOf('', 'dev', 'prod', 'x'), name }),
      )
      .map(([who, asked, plural, more]) => resourceRequest(userOf(who), asked, plural, more)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(caller, verb, path).map(([who, asked, to]) => pathRequest(userOf(who), asked, to)),
  },
);

function userOf([username, groups, dice]: [string, string[], number]) {
  return user(username, ...groups, ...(dice === 0 ? ['system:masters'] : []));
}

type Change = { readonly put: PolicyObject } | { readonly remove: number };
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: object }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat(40) }) },
);

function keyOf({ kind, metadata }: PolicyObject): string {
  return `${kind} ${metadata.namespace} ${metadata.name}`;
}

describe('the index', () => {
  it('decides as the plain evaluator does, after every change', () => {
    let allowed = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 5, maxLength: 40 }),
        fc.array(request, { minLength: 25, maxLength: 25 }),
        (changes, requests) => {
          const policy = createPolicy();
          const objects = new Map<string, PolicyObject>();
          for (const step of changes) {
            if ('put' in step) {
              policy.put('s', step.put);
              objects.set(keyOf(step.put), step.put);
            } else {
              const victim = [...objects.values()][step.remove % Math.max(1, objects.size)];
              if (victim === undefined) continue;
              policy.remove('s', victim.kind, victim.metadata.namespace ?? '', victim.metadata.name ?? '');
              objects.delete(keyOf(victim));
            }
            const linear = createLinearEvaluator([...objects.values()]);
            for (const attributes of requests) {
              const { decision, reason } = policy.authorize(attributes);
              const expected = linear.explain(attributes);
              expect(decision).toBe(expected.allowed ? 'allow' : 'noOpinion');
              if (expected.allowed) {
                allowed++;
                expect([...expected.reasons]).toContain(reason);
              } else {
                refused++;
                const errors = reason
                  .replace(/^RBAC: \[?|\]$/g, '')
                  .split(', ')
                  .filter((error) => error !== '');
                expect(errors.sort()).toEqual([...expected.errors].sort());
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    // Otherwise the property would hold for an evaluator that always says the same.
    expect(Math.min(allowed, refused)).toBeGreaterThan(1000);
  });
});
