import * as fc from 'fast-check';
import type { Attributes, UserInfo } from '../../src/kube/index.ts';
import type { PolicyObject } from '../../src/rbac/index.ts';
import { pathRequest, resourceRequest, user } from './attributes.ts';

/**
 * Random RBAC objects and requests. Few words, so that rules and requests meet often; among them those that RBAC treats
 * specially, and those that a careless program trips over.
 */
const oneOf = (...words: string[]) => fc.constantFrom(...words);
const odd = oneOf(
  '',
  '*',
  'ü',
  '名前',
  '😀',
  '__proto__',
  'constructor',
  'a/b',
  'a, b',
  '"q" [x]',
  '\0',
  '\ud800',
);
const word = (...words: string[]) =>
  fc.oneof({ weight: 8, arbitrary: oneOf(...words) }, { weight: 1, arbitrary: odd });
const some = (words: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.array(words, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant<string[]>([]) },
  );

const verb = word('get', 'get', 'list', '*');
const group = word('', '', 'apps', '*');
const ruleResource = word(
  'pods',
  'pods',
  'pods/log',
  'pods/log/x',
  '*/log',
  '*/log/x',
  '*',
  'pods/*',
  'deployments',
);
const resource = word('pods', 'pods', 'deployments', 'pods/log', 'new');
const subresource = word('', '', 'log', 'log/x', 'x');
const name = word('', 'a', 'b', '*');
const url = word('/healthz', '/healthz/*', '/healthz*', '*', '/a/*/b', '/**', '/😀*');
const path = word('/healthz', '/healthz/x', '/healthzz', '/a/c/b', '/a/*/b', '/😀/x');
const namespace = word('dev', 'prod');
const roleName = word('r1', 'r1', 'r2', 'r3');
const userName = word(
  'jane',
  'jane',
  'g1',
  '*',
  'system:serviceaccount:dev:ci',
  'system:serviceaccount:prod:ci',
);
const groupName = word('g1', 'g1', 'g2', '*', 'jane');
const bindingName = word('b1', 'b2', 'b3', 'b4');

const rule = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verbs: some(verb),
      apiGroups: some(group),
      resources: some(ruleResource),
      resourceNames: fc.oneof(fc.constant<string[]>([]), some(name)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ verbs: some(verb), nonResourceURLs: some(url) }) },
);
const rules = fc.array(rule, { maxLength: 4 });
const subject = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: userName }),
  fc.record({ kind: fc.constant('Group'), name: groupName }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('ci') }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: word('ci'), namespace }),
  fc.record({ kind: fc.constant('Bogus'), name: userName }),
);
const subjects = fc.array(subject, { maxLength: 4 });

const labels = fc.dictionary(oneOf('x', 'y'), oneOf('1', '2'), { maxKeys: 2 });
const selector = fc.oneof(
  fc.record({ matchLabels: labels }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: oneOf('x', 'y'),
          operator: oneOf('In', 'NotIn'),
          values: fc.constantFrom(['1'], ['1', '2']),
        }),
        fc.record({ key: oneOf('x', 'y'), operator: oneOf('Exists', 'DoesNotExist') }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const aggregationRule = fc.record({ clusterRoleSelectors: fc.array(selector, { maxLength: 2 }) });

const clusterRole = fc.record(
  {
    kind: fc.constant('ClusterRole' as const),
    metadata: fc.record({ name: roleName, labels }),
    rules,
    aggregationRule,
  },
  { requiredKeys: ['kind', 'metadata', 'rules'] },
);
const role = fc.record({
  kind: fc.constant('Role' as const),
  metadata: fc.record({ name: roleName, namespace }),
  rules,
});
const clusterRoleBinding = fc.record({
  kind: fc.constant('ClusterRoleBinding' as const),
  metadata: fc.record({ name: bindingName }),
  subjects,
  roleRef: fc.record({ kind: oneOf('ClusterRole', 'ClusterRole', 'Role', 'Bogus'), name: roleName }),
});
const roleBinding = fc.record({
  kind: fc.constant('RoleBinding' as const),
  metadata: fc.record({ name: bindingName, namespace }),
  subjects,
  roleRef: fc.record({ kind: oneOf('ClusterRole', 'Role'), name: roleName }),
});

export const policyObject: fc.Arbitrary<PolicyObject> = fc.oneof(
  clusterRole,
  role,
  clusterRoleBinding,
  roleBinding,
);

const caller = fc
  .tuple(userName, some(groupName), fc.integer({ min: 0, max: 60 }))
  .map(([username, groups, dice]) => user(username, ...groups, ...(dice === 0 ? ['system:masters'] : [])));

type Question = (who: UserInfo) => Attributes;
const question: fc.Arbitrary<Question> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(verb, resource, fc.record({ apiGroup: group, subresource, namespace, name })).map(
      ([asked, plural, more]): Question =>
        (who) =>
          resourceRequest(who, asked, plural, more),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(verb, path).map(
      ([asked, to]): Question =>
        (who) =>
          pathRequest(who, asked, to),
    ),
  },
);

/** So many questions by a few callers, each of whom asks much. */
export function requests(count: number): fc.Arbitrary<Attributes[]> {
  const callers = fc.array(caller, { minLength: 4, maxLength: 4 });
  const questions = fc.array(question, { minLength: count, maxLength: count });
  return fc
    .tuple(callers, questions)
    .map(([who, asked]) => asked.map((ask, index) => ask(who[index % who.length]!)));
}
