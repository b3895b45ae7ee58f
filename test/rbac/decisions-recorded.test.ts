import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../../src/rbac/index.ts';
import { pathRequest, resourceRequest } from './attributes.ts';
import { corpusJson, corpusLines, withoutAggregation } from './corpus.ts';
import { createLinearEvaluator } from './linear-evaluator.ts';

interface Review {
  readonly spec: {
    readonly user?: string;
    readonly groups?: string[];
    readonly resourceAttributes?: Partial<Record<string, string>>;
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  };
  readonly status: { readonly allowed: boolean; readonly reason?: string };
  readonly alsoSeen?: readonly { readonly allowed: boolean; readonly reason?: string }[];
}

function attributesOf({ spec }: Review): Attributes {
  const who = { username: spec.user ?? '', groups: spec.groups ?? [] };
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (resource === undefined) return pathRequest(who, path?.verb ?? '', path?.path ?? '');
  const {
    verb = '',
    group = '',
    resource: plural = '',
    subresource = '',
    namespace = '',
    name = '',
  } = resource;
  return resourceRequest(who, verb, plural, { apiGroup: group, subresource, namespace, name });
}

describe.each([1, 2, 3])('S-259 recorded decisions of policy %i', (number) => {
  const { objects } = corpusJson<{ objects: PolicyObject[] }>(`rbac-policy-${number}.json`);
  const plain = objects.map(withoutAggregation);
  const reviews = corpusLines<Review>(`rbac-decisions-${number}.jsonl`);
  const policy = createPolicy();
  for (const object of plain) policy.put('cluster', object);
  const linear = createLinearEvaluator(plain);

  it('allows and refuses just what kube-apiserver did', () => {
    expect(reviews).toHaveLength(1800);
    const wrong = reviews.filter((review) => {
      const { decision } = policy.authorize(attributesOf(review));
      return decision !== (review.status.allowed ? 'allow' : 'noOpinion');
    });
    expect(wrong).toEqual([]);
  });

  it('gives a reason that kube-apiserver could give, and the same when only one is possible', () => {
    for (const review of reviews) {
      const { reason } = policy.authorize(attributesOf(review));
      const seen = [review.status, ...(review.alsoSeen ?? [])].map((status) => status.reason ?? '');
      const { allowed, reasons, errors } = linear.explain(attributesOf(review));
      expect(allowed).toBe(review.status.allowed);
      if (allowed) {
        expect([...reasons], JSON.stringify(review.spec)).toContain(reason);
        expect([...reasons]).toContain(seen[0] ?? '');
        if (reasons.size === 1) expect(reason).toBe(seen[0]);
      } else if (errors.size < 2) {
        expect(reason).toBe(seen[0]);
      } else {
        const list = (text: string) =>
          text
            .replace(/^RBAC: \[(.*)\]$/, '$1')
            .split(', ')
            .sort();
        expect(list(reason)).toEqual(list(seen[0] ?? ''));
      }
    }
  });

  it('decides the same after every object was replaced and half of the others removed and put back', () => {
    const churned = createPolicy();
    for (const object of plain) churned.put('cluster', { ...object, metadata: { ...object.metadata } });
    for (const object of plain) churned.put('cluster', object);
    for (const { kind, metadata } of plain.filter((_, index) => index % 2 === 0)) {
      churned.remove('cluster', kind, metadata.namespace ?? '', metadata.name ?? '');
    }
    for (const object of plain.filter((_, index) => index % 2 === 0)) churned.put('cluster', object);
    for (const review of reviews) {
      const attributes = attributesOf(review);
      expect(churned.authorize(attributes).decision).toBe(policy.authorize(attributes).decision);
    }
  });
});
