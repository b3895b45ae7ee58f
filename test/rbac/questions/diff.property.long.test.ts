import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/kube/index.ts';
import { type ChangedRight, diffPolicies } from '../../../src/rbac/questions/diff.ts';
import type { Right } from '../../../src/rbac/questions/right.ts';
import { allowsName, allowsPath, allowsResource, allowsVerb, compileRule } from '../../../src/rbac/rule.ts';
import { caller, EVERYBODY, isAllowed, policyOf, question, world } from './random-worlds.ts';

// Two policies that have much in common: the second one is the first one, changed.
const pair = fc
  .tuple(
    world,
    fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    world,
    fc.integer({ min: 0, max: 6 }),
  )
  .map(([before, kept, more, count]) => {
    const after = [...before.filter((_, index) => kept[index] !== false), ...more.slice(0, count)];
    return [policyOf(before), policyOf(after)] as const;
  });
const questions = fc.array(question, { minLength: 20, maxLength: 20 });

describe('diff', { timeout: 30_000 }, () => {
  it('reports for each subject alone exactly what changed, of rights in every direction', () => {
    const seen = { gained: 0, lost: 0 };
    fc.assert(
      fc.property(pair, questions, ([before, after], asked) => {
        const changes = diffPolicies(before, after);
        for (const [subject, who] of EVERYBODY) {
          if (subject.name === 'system:masters') continue;
          const change = changes.find((one) => keyOf(one.subject) === keyOf(subject));
          for (const ask of asked) {
            const was = isAllowed(before, ask(who));
            const is = isAllowed(after, ask(who));
            expect(reports(change?.gains, ask(who))).toBe(is && !was);
            expect(reports(change?.losses, ask(who))).toBe(was && !is);
            seen.gained += is && !was ? 1 : 0;
            seen.lost += was && !is ? 1 : 0;
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.gained, seen.lost)).toBeGreaterThan(200);
  });

  it('explains every change of a decision by a change of the caller or of one of his groups', () => {
    fc.assert(
      fc.property(pair, caller, questions, ([before, after], who, asked) => {
        const changes = diffPolicies(before, after).filter(({ subject }) =>
          EVERYBODY.some(
            ([named, alone]) =>
              keyOf(named) === keyOf(subject) &&
              (alone.username === who.username || alone.groups.some((group) => who.groups.includes(group))),
          ),
        );
        for (const ask of asked) {
          const was = isAllowed(before, ask(who));
          const is = isAllowed(after, ask(who));
          if (is && !was) expect(changes.some(({ gains }) => reports(gains, ask(who)))).toBe(true);
          if (was && !is) expect(changes.some(({ losses }) => reports(losses, ask(who)))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reports no right that another one contains, none without a request that changed, and nobody without rights', () => {
    let rights = 0;
    fc.assert(
      fc.property(pair, ([before, after]) => {
        for (const { subject, gains, losses } of diffPolicies(before, after)) {
          expect(gains.length + losses.length).toBeGreaterThan(0);
          const who = EVERYBODY.find(([named]) => keyOf(named) === keyOf(subject))![1];
          for (const [list, from, to] of [
            [gains, before, after],
            [losses, after, before],
          ] as const) {
            for (const right of list) {
              for (const request of witnesses(right)) {
                rights++;
                expect(isAllowed(to, { ...request, user: who })).toBe(true);
                expect(isAllowed(from, { ...request, user: who })).toBe(false);
                expect(list.filter((other) => reports([other], { ...request, user: who }))).toEqual([right]);
              }
            }
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(rights).toBeGreaterThan(200);
  });

  it('is its own mirror image, and empty between equals', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const back = diffPolicies(after, before);
        const mirrored = diffPolicies(before, after).map(({ subject, gains, losses }) => ({
          subject,
          gains: losses,
          losses: gains,
        }));
        expect(back).toEqual(mirrored);
        expect(diffPolicies(after, after)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function reports(rights: readonly ChangedRight[] | undefined, asked: Attributes): boolean {
  return (rights ?? []).some(
    (right) => covers(right, asked) && !right.except?.some((part) => covers(part, asked)),
  );
}

function covers(right: Right, asked: Attributes): boolean {
  const { verbs } = right;
  if ('path' in right) {
    const rule = compileRule({ verbs, nonResourceURLs: [right.path] });
    return !asked.isResourceRequest && allowsVerb(rule, asked.verb) && allowsPath(rule, asked.path);
  }
  const { apiGroup, resource, resourceName, namespaces } = right;
  const resourceNames = resourceName === undefined ? [] : [resourceName];
  const rule = compileRule({ verbs, apiGroups: [apiGroup], resources: [resource], resourceNames });
  return (
    asked.isResourceRequest &&
    (namespaces.includes('*') || namespaces.includes(asked.namespace)) &&
    allowsVerb(rule, asked.verb) &&
    allowsResource(rule, asked.apiGroup, asked.resource, asked.subresource) &&
    allowsName(rule, asked.name)
  );
}

/** One request for each verb and namespace of the right, with words of nobody else's wherever the right has room. */
function witnesses(right: Right): Omit<Attributes, 'user'>[] {
  const fresh = (word: string) => (word === '*' ? 'fresh' : word);
  const none = {
    apiVersion: '',
    apiGroup: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    path: '',
  };
  return right.verbs.flatMap((verb): Omit<Attributes, 'user'>[] => {
    if ('path' in right) {
      const path = right.path.endsWith('*') ? `${right.path.slice(0, -1)}~fresh` : right.path;
      return [{ ...none, verb: fresh(verb), isResourceRequest: false, path }];
    }
    const { apiGroup, resourceName } = right;
    const [plural = '', ...rest] = right.resource.split('/');
    const subresource = right.resource === '*' ? 'fresh' : rest.join('/');
    // `*/` matches the resource of that very name only.
    const resource = right.resource === '*/' || right.resource === 'pods/' ? right.resource : fresh(plural);
    return right.namespaces.map((namespace) => ({
      ...none,
      isResourceRequest: true,
      verb: fresh(verb),
      apiGroup: fresh(apiGroup),
      resource,
      subresource,
      namespace: fresh(namespace),
      name: resourceName ?? 'fresh',
    }));
  });
}

function keyOf({ kind, name, namespace }: { kind: string; name: string; namespace?: string }): string {
  return JSON.stringify([kind, namespace, name]);
}
