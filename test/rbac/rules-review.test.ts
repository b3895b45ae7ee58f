import { describe, expect, it } from 'vitest';
import { createPolicy, type PolicyObject, type RulesReviewStatus } from '../../src/rbac/index.ts';
import { user } from './attributes.ts';
import { corpusJson, corpusLines, withoutAggregation } from './corpus.ts';
import { clusterRole, clusterRoleBinding, roleBinding } from './objects.ts';

interface Review {
  readonly note: string;
  readonly user: string;
  readonly request: { readonly spec: { readonly namespace?: string } | null };
  readonly status: number;
  readonly body: { readonly status: RulesReviewStatus };
}

const { objects } = corpusJson<{ objects: PolicyObject[] }>('ssar-policy.json');
const reviews = corpusLines<Review>('ssrr.jsonl').filter(({ status }) => status === 201);
const policy = createPolicy();
for (const object of objects) policy.put('cluster', withoutAggregation(object));

function userOf({ user: name }: Review) {
  if (name === '<anonymous>') return user('system:anonymous', 'system:unauthenticated');
  const groups = { admin: ['system:masters'], alice: ['dev'] }[name] ?? [];
  return user(name, ...groups, 'system:authenticated');
}

/** kube-apiserver's order of bindings changes from call to call. */
function sorted({ resourceRules, nonResourceRules, ...rest }: RulesReviewStatus) {
  const lines = (rules: readonly object[]) =>
    rules.map((rule) => JSON.stringify(Object.entries(rule).sort())).sort();
  return { ...rest, resourceRules: lines(resourceRules), nonResourceRules: lines(nonResourceRules) };
}

describe('recorded SelfSubjectRulesReviews', () => {
  it.each(reviews)('$note: $user', (review) => {
    const status = policy.rulesFor(userOf(review), review.request.spec?.namespace ?? '');
    expect(sorted(status)).toEqual(sorted(review.body.status));
  });

  it('are thirteen', () => {
    expect(reviews).toHaveLength(13);
  });
});

describe('rulesFor', () => {
  it('lists the rules of the ClusterRoleBindings first, once a binding, and says what is missing', () => {
    const own = createPolicy();
    own.put('s', clusterRole('pods', ['get pods', 'get /healthz']));
    own.put('s', clusterRole('both', []));
    own.put('s', roleBinding('dev', 'a', 'ClusterRole pods', 'User jane', 'Group g'));
    own.put('s', clusterRoleBinding('b', 'pods', 'Group g'));
    own.put('s', clusterRoleBinding('c', 'ghost', 'Group g'));
    own.put('s', roleBinding('dev', 'd', 'Role gone', 'User jane'));
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
    const url = { verbs: ['get'], nonResourceURLs: ['/healthz'] };
    expect(own.rulesFor(user('jane', 'g'), 'dev')).toEqual({
      resourceRules: [rule, rule],
      nonResourceRules: [url, url],
      incomplete: false,
      evaluationError:
        '[clusterrole.rbac.authorization.k8s.io "ghost" not found, role.rbac.authorization.k8s.io "gone" not found]',
    });
    expect(own.rulesFor(user('jane', 'g'), 'other').resourceRules).toEqual([rule]);
    expect(own.rulesFor(user('zoe'), 'dev')).toEqual({
      resourceRules: [],
      nonResourceRules: [],
      incomplete: false,
    });
  });

  it('does not show what the superuser group allows', () => {
    expect(createPolicy().rulesFor(user('root', 'system:masters'), 'dev').resourceRules).toEqual([]);
  });
});
