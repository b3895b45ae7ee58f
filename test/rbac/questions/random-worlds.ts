import * as fc from 'fast-check';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import {
  createPolicy,
  type Policy,
  type PolicyObject,
  type PolicyRule,
  type Subject,
} from '../../../src/rbac/index.ts';
import { pathRequest, resourceRequest, user } from '../attributes.ts';
import { aggregated } from '../objects.ts';

// Few words, so that rules and requests meet often; among them those that RBAC treats specially.
const oneOf = (...words: string[]) => fc.constantFrom(...words);
const some = (word: fc.Arbitrary<string>, minLength = 0) =>
  fc.array(word, { minLength, maxLength: 3, size: 'max' });
const verb = oneOf('get', 'get', 'get', 'list', 'list', 'watch', '*', '');
export const apiGroup = oneOf('', '', 'apps', '*');
const ruleResource = oneOf(
  'pods',
  'pods',
  'pods',
  '*',
  'pods/log',
  '*/log',
  '*/log/x',
  '*',
  'pods/*',
  'deployments',
  '*/',
);
// Without a slash, as in every request that comes through a URL.
export const resource = oneOf('pods', 'pods', 'pods', 'deployments', '*', 'new', '');
const subresource = oneOf('', '', '', '', 'log', 'log/x', '*');
const name = oneOf('', '', 'a', 'b', '*');
const url = oneOf('/healthz', '/healthz/*', '/healthz*', '*', '/a/*/b', '/**', '/healthz**');
const path = oneOf('/healthz', '/healthz/x', '/healthzz', '/a/c/b', '/a/*/b', '*', '');
export const NAMESPACES = ['dev', 'prod', 'new'];
const namespace = oneOf('dev', 'prod');
const USERS = ['jane', 'g1', '*', 'system:serviceaccount:dev:ci', 'system:serviceaccount:prod:ci'];
const GROUPS = ['g1', 'g2', '*', 'system:authenticated', 'system:masters'];
const roleName = oneOf('r1', 'r1', 'r1', 'r2', 'r2', 'sum', 'ghost');

const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verbs: some(verb, 1),
      apiGroups: some(apiGroup, 1),
      resources: some(ruleResource, 1),
      resourceNames: fc.oneof(fc.constant([]), fc.constant([]), some(name)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ verbs: some(verb), nonResourceURLs: some(url) }) },
);
const rules = fc.array(rule, { minLength: 1, maxLength: 3 });
const subject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: oneOf(...USERS) }),
  fc.record({ kind: fc.constant('Group'), name: oneOf(...GROUPS) }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('ci') }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('ci'), namespace }),
  fc.record({ kind: fc.constant('Bogus'), name: oneOf(...USERS) }),
);
const subjects = fc.array(subject, { minLength: 1, maxLength: 4, size: 'max' });
const bindingName = oneOf('b1', 'b2', 'b3');
const labels = fc.oneof(fc.constant({ sum: 'yes' }), fc.constant({}));
const object: fc.Arbitrary<PolicyObject> = fc.oneof(
  fc.record({
    kind: fc.constant('ClusterRole' as const),
    metadata: fc.record({ name: roleName, labels }),
    rules,
  }),
  fc.constant(aggregated('sum', [{ sum: 'yes' }])),
  fc.record({
    kind: fc.constant('Role' as const),
    metadata: fc.record({ name: roleName, namespace }),
    rules,
  }),
  fc.record({
    kind: fc.constant('ClusterRoleBinding' as const),
    metadata: fc.record({ name: bindingName }),
    subjects,
    roleRef: fc.record({
      kind: oneOf('ClusterRole', 'ClusterRole', 'ClusterRole', 'ClusterRole', 'Role', 'Bogus'),
      name: roleName,
    }),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('RoleBinding' as const),
      // Without a namespace it grants nothing.
      metadata: fc.record({ name: bindingName, namespace: oneOf('dev', 'prod', 'dev', 'prod', '') }),
      subjects,
      roleRef: fc.record({ kind: oneOf('ClusterRole', 'Role'), name: roleName }),
    }),
  },
);
const source = oneOf('s', 's', 't');

/** Objects with the source that each comes from. */
export const world = fc.array(fc.tuple(source, object), { minLength: 12, maxLength: 30, size: 'max' });

export function policyOf(entries: readonly (readonly [string, PolicyObject])[]): Policy {
  const policy = createPolicy();
  for (const [from, entry] of entries) {
    policy.put(from, entry);
  }
  return policy;
}

export type Question = (who: UserInfo) => Attributes;

const resourceQuestion: fc.Arbitrary<Question> = fc
  .tuple(verb, resource, fc.record({ apiGroup, subresource, namespace: oneOf('', ...NAMESPACES), name }))
  .map(
    ([asked, plural, more]) =>
      (who) =>
        resourceRequest(who, asked, plural, more),
  );
const pathQuestion: fc.Arbitrary<Question> = fc.tuple(verb, path).map(
  ([asked, to]) =>
    (who) =>
      pathRequest(who, asked, to),
);
export const question = fc.oneof(
  { weight: 3, arbitrary: resourceQuestion },
  { weight: 1, arbitrary: pathQuestion },
);

export const caller: fc.Arbitrary<UserInfo> = fc
  .tuple(oneOf(...USERS), fc.array(oneOf('g1', 'g2', '*', 'system:authenticated'), { maxLength: 3 }))
  .map(([username, groups]) => user(username, ...groups));

/** Everybody that the worlds name, and some whom they do not, each alone: as a user without groups, or a group's member. */
export const EVERYBODY: readonly (readonly [Subject, UserInfo])[] = [
  ...[...USERS, 'nobody', 'system:serviceaccount:new:ci'].map((username) => {
    const [, , home, account] = username.split(':');
    const who: Subject =
      account === undefined
        ? { kind: 'User', name: username }
        : { kind: 'ServiceAccount', name: account, ...(home === undefined ? {} : { namespace: home }) };
    return [who, user(username)] as const;
  }),
  ...[...GROUPS, 'unheard-of'].map(
    (group) => [{ kind: 'Group', name: group }, user('no such user', group)] as const,
  ),
];

export function isAllowed(policy: Policy, attributes: Attributes): boolean {
  return policy.authorize(attributes).decision === 'allow';
}
