import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPolicy, type PolicyObject } from '../../../src/rbac/index.ts';
import { whoCan } from '../../../src/rbac/questions/who-can.ts';
import { user } from '../attributes.ts';
import { EVERYBODY, isAllowed, NAMESPACES, policyOf, question, world } from './random-worlds.ts';

const MASTERS = 'system:masters';

describe('who-can', { timeout: 30_000 }, () => {
  it('names exactly those whom the decision allows, and where', () => {
    let named = 0;
    fc.assert(
      fc.property(world, fc.array(question, { minLength: 8, maxLength: 8 }), (entries, questions) => {
        const policy = policyOf(entries);
        for (const ask of questions) {
          const asked = ask(user(''));
          const found = whoCan(
            policy,
            asked.isResourceRequest ? asked : { verb: asked.verb, path: asked.path },
          );
          const anywhere = asked.isResourceRequest ? whoCan(policy, { ...asked, namespace: '*' }) : found;
          for (const [subject, who] of EVERYBODY) {
            if (subject.name === MASTERS) continue;
            const entry = found.subjects.find((one) => sameSubject(one.subject, subject));
            expect(entry !== undefined).toBe(isAllowed(policy, ask(who)));
            named += entry === undefined ? 0 : 1;
            const places =
              anywhere.subjects.find((one) => sameSubject(one.subject, subject))?.namespaces ?? [];
            for (const namespace of asked.isResourceRequest ? NAMESPACES : []) {
              const reached = places.includes('*') || places.includes(namespace);
              expect(reached).toBe(isAllowed(policy, { ...ask(who), namespace }));
            }
            if (asked.isResourceRequest) {
              expect(places.includes('*')).toBe(isAllowed(policy, { ...ask(who), namespace: '' }));
            }
          }
          const known = new Set(EVERYBODY.map(([subject]) => keyOf(subject)));
          expect(found.subjects.filter(({ subject }) => !known.has(keyOf(subject)))).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
    expect(named).toBeGreaterThan(500);
  });

  it('gives grants that allow the request all by themselves, and all of them', () => {
    fc.assert(
      fc.property(world, question, (entries, ask) => {
        const policy = policyOf(entries);
        const asked = ask(user(''));
        const query = asked.isResourceRequest ? asked : { verb: asked.verb, path: asked.path };
        for (const { subject, grants } of whoCan(policy, query).subjects) {
          const who = EVERYBODY.find(([candidate]) => sameSubject(candidate, subject))?.[1] ?? user('?');
          expect(grants.length).toBeGreaterThan(0);
          for (const { binding, role, rule } of grants) {
            const alone = createPolicy();
            const [, bound] = entries.findLast(([from, { kind, metadata }]) =>
              sameObject(binding, from, kind, metadata),
            )!;
            expect(entries.some(([from, { kind, metadata }]) => sameObject(role, from, kind, metadata))).toBe(
              true,
            );
            alone.put('s', bound);
            const { kind, name, namespace } = role;
            alone.put('s', { kind, metadata: { name, namespace }, rules: [rule] } as PolicyObject);
            expect(isAllowed(alone, ask(who))).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

interface Named {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

function keyOf({ kind, namespace, name }: Named): string {
  return JSON.stringify([kind, namespace, name]);
}

function sameSubject(a: Named, b: Named): boolean {
  return keyOf(a) === keyOf(b);
}

function sameObject(
  object: Named & { readonly source: string },
  from: string,
  kind: string,
  metadata: { readonly name?: string; readonly namespace?: string },
): boolean {
  return (
    object.source === from &&
    object.kind === kind &&
    object.name === metadata.name &&
    object.namespace === (metadata.namespace ?? '')
  );
}
