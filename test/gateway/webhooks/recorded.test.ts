import { describe, expect, it } from 'vitest';
import { answerAccessReview } from '../../../src/gateway/webhooks/answer-access-review.ts';
import type { JSONObject } from '../../../src/jwt/index.ts';
import { createPolicy, type PolicyObject } from '../../../src/rbac/index.ts';
import { corpusJson, corpusLines, withoutAggregation } from '../../rbac/corpus.ts';

interface Recorded {
  readonly spec: JSONObject;
  readonly status: { readonly allowed: boolean };
}

/** The same question as API servers before authorization.k8s.io/v1 put it. */
function inV1beta1({ groups, ...spec }: JSONObject): JSONObject {
  return groups === undefined ? spec : { ...spec, group: groups };
}

describe.each([1, 2, 3])('SubjectAccessReviews as a real API server answered them, policy %i', (number) => {
  const { objects } = corpusJson<{ objects: PolicyObject[] }>(`rbac-policy-${number}.json`);
  const recorded = corpusLines<Recorded>(`rbac-decisions-${number}.jsonl`);
  const policy = createPolicy();
  for (const object of objects) policy.put('cluster', withoutAggregation(object));

  it.each([
    ['authorization.k8s.io/v1', (spec: JSONObject) => spec],
    ['authorization.k8s.io/v1beta1', inV1beta1],
  ])('get the same answer from the webhook in %s, and never a denial', (apiVersion, as) => {
    expect(recorded.length).toBeGreaterThan(1_000);
    for (const { spec, status } of recorded) {
      const answer = answerAccessReview({ apiVersion, spec: as(spec) }, policy.authorize);
      expect(answer, JSON.stringify(spec)).toMatchObject({ allowed: status.allowed, denied: false });
    }
  });
});
