import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/cluster/admission/index.ts';
import { matchesRule, type Rule } from '../../../src/cluster/admission/match/match-rule.ts';
import { builtInTable } from '../../../src/cluster/resources/index.ts';

const operations: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];
const asked = fc.constantFrom(...builtInTable.types).chain((type) =>
  fc.record({
    type: fc.constant(type),
    operation: fc.constantFrom(...operations),
    subresource: fc.constantFrom('', ...type.subresources.map(({ name }) => name)),
  }),
);
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const rules: fc.Arbitrary<Rule> = fc.record({
  operations: some(operations),
  apiGroups: some(['', 'apps', 'batch', 'policy', 'autoscaling']),
  apiVersions: some(['v1', 'v2']),
  resources: some(['pods', 'pods/status', 'pods/*', 'deployments', 'deployments/scale', '*/status', 'nodes']),
  scope: fc.constantFrom('*', 'Cluster', 'Namespaced'),
});

const everything: Rule = {
  operations: ['*'],
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: ['*/*'],
  scope: '*',
};

describe('a rule', () => {
  it('of wildcards takes everything, and each of its parts as much as a narrower one', () => {
    fc.assert(
      fc.property(
        asked,
        rules,
        fc.constantFrom(...(Object.keys(everything) as (keyof Rule)[])),
        (what, rule, part) => {
          expect(matchesRule(everything, what)).toBe(true);
          const wider = { ...rule, [part]: everything[part] };
          expect(matchesRule(rule, what) && !matchesRule(wider, what)).toBe(false);
        },
      ),
    );
  });

  it('takes what each of its parts takes, and nothing else', () => {
    fc.assert(
      fc.property(asked, rules, (what, rule) => {
        const parts = (Object.keys(rule) as (keyof Rule)[]).map((part) =>
          matchesRule({ ...everything, [part]: rule[part] }, what),
        );
        expect(matchesRule(rule, what)).toBe(parts.every((each) => each));
      }),
    );
  });

  it('for a resource says nothing of its subresources', () => {
    fc.assert(
      fc.property(asked, (what) => {
        const rule = { ...everything, resources: [what.type.resource] };
        expect(matchesRule(rule, what)).toBe(what.subresource === '');
      }),
    );
  });
});
