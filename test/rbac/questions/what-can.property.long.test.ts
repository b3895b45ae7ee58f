import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/kube/index.ts';
import type { ResourceRule } from '../../../src/rbac/index.ts';
import { type WhatCan, whatCan } from '../../../src/rbac/questions/what-can.ts';
import { allowsName, allowsPath, allowsResource, allowsVerb, compileRule } from '../../../src/rbac/rule.ts';
import { caller, EVERYBODY, isAllowed, NAMESPACES, policyOf, question, world } from './random-worlds.ts';

describe('what-can', { timeout: 30_000 }, () => {
  it('has a row for every request that is allowed, and for no other', () => {
    let allowed = 0;
    fc.assert(
      fc.property(
        world,
        caller,
        fc.array(question, { minLength: 30, maxLength: 30 }),
        (entries, who, questions) => {
          const policy = policyOf(entries);
          const matrix = whatCan(policy, { kind: 'User', name: who.username, groups: who.groups });
          for (const ask of questions) {
            const expected = isAllowed(policy, ask(who));
            expect(covers(matrix, ask(who))).toBe(expected);
            allowed += expected ? 1 : 0;
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(allowed).toBeGreaterThan(500);
  });

  it('is right for users, groups and service accounts alike, and for one namespace', () => {
    fc.assert(
      fc.property(world, fc.array(question, { minLength: 5, maxLength: 5 }), (entries, questions) => {
        const policy = policyOf(entries);
        for (const [{ kind, name, namespace }, who] of EVERYBODY) {
          const subject = { kind: kind as 'User' | 'Group' | 'ServiceAccount', name, namespace };
          const matrix = whatCan(policy, subject);
          for (const ask of questions) {
            const narrow = whatCan(policy, subject, { namespace: ask(who).namespace });
            expect(covers(matrix, ask(who))).toBe(isAllowed(policy, ask(who)));
            expect(covers(narrow, ask(who))).toBe(isAllowed(policy, ask(who)));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds the rules that a SelfSubjectRulesReview lists in each namespace', () => {
    fc.assert(
      fc.property(world, caller, (entries, who) => {
        const policy = policyOf(entries);
        const matrix = whatCan(policy, { kind: 'User', name: who.username, groups: who.groups });
        for (const namespace of NAMESPACES) {
          const rows = matrix.rows.filter((row) => row.namespace === '*' || row.namespace === namespace);
          const listed = rows.map(({ apiGroup, resource, resourceNames, verbs }) => ({
            verbs,
            apiGroups: [apiGroup],
            resources: [resource],
            resourceNames,
          }));
          expect(single(listed)).toEqual(single(policy.rulesFor(who, namespace).resourceRules));
        }
        const [review] = [policy.rulesFor(who, '').nonResourceRules];
        const urls = review.flatMap(({ verbs, nonResourceURLs }) =>
          verbs.length > 0 ? nonResourceURLs : [],
        );
        expect(matrix.paths.map(({ path }) => path)).toEqual([...new Set(urls)].sort());
      }),
      { numRuns: 400 },
    );
  });

  it('shows rows once each, in order, with the grants that make them', () => {
    fc.assert(
      fc.property(world, (entries) => {
        const policy = policyOf(entries);
        for (const [{ kind, name, namespace }] of EVERYBODY) {
          const { rows } = whatCan(policy, { kind: kind as 'User', name, namespace });
          const keys = rows.map((row) =>
            [row.namespace, row.apiGroup, row.resource, row.resourceNames.join(' ')].join('\0'),
          );
          expect(keys).toEqual([...keys].sort());
          const targets = rows.map(({ verbs: _, grants: __, ...target }) => JSON.stringify(target));
          expect(new Set(targets).size).toBe(rows.length);
          for (const { verbs, grants, resource } of rows) {
            const granted = new Set(grants.flatMap(({ rule }) => rule.verbs ?? []));
            expect(new Set(verbs)).toEqual(granted.has('*') ? new Set(['*']) : granted);
            expect(grants.every(({ rule }) => rule.resources?.includes(resource))).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function covers({ superuser, rows, paths }: WhatCan, asked: Attributes): boolean {
  if (superuser) return true;
  if (!asked.isResourceRequest) {
    return paths.some(({ path, verbs }) => {
      const rule = compileRule({ verbs, nonResourceURLs: [path] });
      return allowsVerb(rule, asked.verb) && allowsPath(rule, asked.path);
    });
  }
  return rows.some(({ namespace, apiGroup, resource, resourceNames, verbs }) => {
    const rule = compileRule({ verbs, apiGroups: [apiGroup], resources: [resource], resourceNames });
    return (
      (namespace === '*' || namespace === asked.namespace) &&
      allowsVerb(rule, asked.verb) &&
      allowsResource(rule, asked.apiGroup, asked.resource, asked.subresource) &&
      allowsName(rule, asked.name)
    );
  });
}

/** Every (names, group, resource) with its verbs, whatever rules they are spread over. */
function single(rules: readonly ResourceRule[]): Map<string, Set<string>> {
  const verbsOf = new Map<string, Set<string>>();
  for (const { verbs, apiGroups = [], resources, resourceNames = [] } of rules) {
    for (const [group, resource] of apiGroups.flatMap((g) => resources.map((r) => [g, r]))) {
      const key = JSON.stringify([group, resource, [...new Set(resourceNames)].sort()]);
      const held = new Set([...(verbsOf.get(key) ?? []), ...verbs]);
      verbsOf.set(key, held.has('*') ? new Set(['*']) : held);
    }
  }
  return new Map([...verbsOf].filter(([, verbs]) => verbs.size > 0).sort());
}
