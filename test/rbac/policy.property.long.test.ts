import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/kube/index.ts';
import {
  createPolicy,
  InvalidPolicyError,
  type Policy,
  type PolicyObject,
  validatePolicyObject,
} from '../../src/rbac/index.ts';
import { createSourcesEvaluator, type LinearEvaluator } from './linear-evaluator.ts';
import { policyObject, requests } from './random-policy.ts';

const SOURCES = ['s', 't', 'u'] as const;
const REQUESTS = 40;

type Change =
  | { readonly kind: 'put'; readonly source: string; readonly object: PolicyObject }
  | { readonly kind: 'remove'; readonly source: string; readonly which: number }
  | { readonly kind: 'replace'; readonly source: string; readonly objects: readonly PolicyObject[] };

const source = fc.constantFrom(...SOURCES);
const validObject = policyObject.filter((object) => validatePolicyObject(object).length === 0);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('put' as const), source, object: policyObject }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), source, which: fc.nat(40) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      source,
      objects: fc.oneof(fc.array(policyObject, { maxLength: 8 }), fc.array(validObject, { maxLength: 8 })),
    }),
  },
);

/** What the policy should hold: the objects of each source by key, in the order in which the sources appeared. */
type Model = Map<string, Map<string, PolicyObject>>;

function keyOf({ kind, metadata }: PolicyObject): string {
  return JSON.stringify([kind, metadata.namespace ?? '', metadata.name ?? '']);
}

function apply(step: Change, policy: Policy, model: Model): void {
  const objects = model.get(step.source) ?? new Map<string, PolicyObject>();
  if (step.kind === 'put') {
    policy.put(step.source, step.object);
    model.set(step.source, objects.set(keyOf(step.object), step.object));
  } else if (step.kind === 'remove') {
    const victim = [...objects.values()][step.which % Math.max(1, objects.size)];
    if (victim === undefined) return;
    policy.remove(step.source, victim.kind, victim.metadata.namespace ?? '', victim.metadata.name ?? '');
    objects.delete(keyOf(victim));
  } else {
    try {
      policy.replaceSource(step.source, step.objects);
    } catch (error) {
      // Then nothing must have changed, which the next decisions show.
      if (!(error instanceof InvalidPolicyError)) throw error;
      return;
    }
    const replaced = new Map(step.objects.map((object) => [keyOf(object), object]));
    // A source appears with its first object.
    if (replaced.size > 0 || model.has(step.source)) model.set(step.source, replaced);
  }
}

/** What is wrong with the policy's decision; undefined when it is one that Kubernetes could give. */
function complaint(policy: Policy, oracle: LinearEvaluator, attributes: Attributes): string | undefined {
  const { decision, reason } = policy.authorize(attributes);
  const { allowed, reasons, errors } = oracle.explain(attributes);
  if (decision !== (allowed ? 'allow' : 'noOpinion')) return `${decision}, but allowed is ${allowed}`;
  if (allowed) return reasons.has(reason) ? undefined : `${reason} is none of ${[...reasons].join(' or ')}`;
  return isOneOf(reason, [...errors]) ? undefined : `${reason} does not name ${[...errors].join(' and ')}`;
}

/** Whether the reason names exactly these errors, in any order. */
function isOneOf(reason: string, errors: readonly string[]): boolean {
  if (errors.length < 2) return reason === (errors.length === 0 ? '' : `RBAC: ${errors[0]}`);
  const length = 'RBAC: []'.length + errors.join(', ').length;
  return reason.length === length && errors.every((error) => reason.includes(error));
}

describe('the index', () => {
  it('decides as the plain evaluator does, after every change', () => {
    const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
    console.log(`policy.property.test.ts: FC_SEED=${seed}`);
    const counts = { allow: 0, refuse: 0 };
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 20, maxLength: 40 }),
        requests(REQUESTS),
        (changes, asked) => {
          const policy = createPolicy();
          const model: Model = new Map();
          for (const step of changes) {
            apply(step, policy, model);
            const objects = new Map([...model].map(([name, held]) => [name, [...held.values()]]));
            const oracle = createSourcesEvaluator(objects);
            for (const attributes of asked) {
              const problem = complaint(policy, oracle, attributes);
              if (problem !== undefined) throw new Error(`${problem}: ${JSON.stringify(attributes)}`);
              counts[policy.authorize(attributes).decision === 'allow' ? 'allow' : 'refuse']++;
            }
          }
        },
      ),
      { numRuns: 500, seed },
    );
    expect(counts.allow + counts.refuse).toBeGreaterThan(200_000);
    // Otherwise the property would hold for an evaluator that always says the same.
    expect(counts.allow).toBeGreaterThan(10_000);
    expect(counts.refuse).toBeGreaterThan(10_000);
  }, 60_000);
});

describe('S-260 what is allowed', () => {
  const objects = fc.array(validObject, { minLength: 1, maxLength: 12 });
  const policyOf = (all: readonly PolicyObject[]) => {
    const policy = createPolicy();
    for (const object of all) policy.put('s', object);
    return policy;
  };
  const allowedBy = (policy: Policy, asked: readonly Attributes[]) =>
    asked.map((attributes) => policy.authorize(attributes).decision === 'allow');
  /** The last object of a name counts; here each has one of its own. */
  const apart = (all: readonly PolicyObject[]) => [
    ...new Map(all.map((object) => [keyOf(object), object])).values(),
  ];

  it('does not depend on the order in which roles and bindings came', () => {
    fc.assert(
      fc.property(
        objects.chain((all) =>
          fc.tuple(
            fc.constant(apart(all)),
            fc.shuffledSubarray(apart(all), { minLength: apart(all).length }),
          ),
        ),
        requests(REQUESTS),
        ([all, shuffled], asked) => {
          expect(allowedBy(policyOf(shuffled), asked)).toEqual(allowedBy(policyOf(all), asked));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('grows with every object that is added', () => {
    let allowed = 0;
    fc.assert(
      fc.property(objects, requests(REQUESTS), (all, asked) => {
        const policy = createPolicy();
        let before = asked.map(() => false);
        for (const object of apart(all)) {
          policy.put('s', object);
          const after = allowedBy(policy, asked);
          for (const [index, was] of before.entries()) if (was) expect(after[index]).toBe(true);
          before = after;
        }
        allowed += before.filter(Boolean).length;
      }),
      { numRuns: 500 },
    );
    expect(allowed).toBeGreaterThan(500);
  });
});
