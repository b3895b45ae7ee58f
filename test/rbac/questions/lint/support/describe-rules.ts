import { describe, expect, it } from 'vitest';
import type { PolicyObject } from '../../../../../src/rbac/index.ts';
import type { RuleDescription } from '../../../../../src/rbac/questions/lint/all-rules.ts';
import type { Severity } from '../../../../../src/rbac/questions/lint/finding.ts';
import type { LintOptions } from '../../../../../src/rbac/questions/lint/lint-options.ts';
import { found, onFirst } from './found.ts';

/** `expected`: the severity and the field of what is found on the first object. */
type Case = readonly [objects: readonly PolicyObject[], expected: string, options?: LintOptions];
type Quiet = readonly [objects: readonly PolicyObject[], options?: LintOptions];

/** Per rule: what it says, and what it does not report though it comes near. */
export type RuleCases = Readonly<Record<string, { reports: readonly Case[]; quiet: readonly Quiet[] }>>;

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Every rule of a family has its cases, and keeps to them. */
export function describeRules(rules: readonly RuleDescription[], cases: RuleCases): void {
  it('has cases for each rule, and for no other', () => {
    expect(Object.keys(cases).sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  describe.each(rules)('$id', ({ id, severity }) => {
    const { reports, quiet } = cases[id] ?? { reports: [], quiet: [] };

    it.each(reports.map((line, index) => ({ index, line })))('reports $index', ({ line }) => {
      const [objects, expected, options] = line;
      expect(onFirst(objects, options)).toContain(`${id} ${expected}`);
    });

    it.each(quiet.map((line, index) => ({ index, line })))('is quiet $index', ({ line }) => {
      const [objects, options] = line;
      expect(found(objects, options).map(({ rule }) => rule)).not.toContain(id);
    });

    it('reports up to its own severity', () => {
      const seen = reports.map(([, expected]) => expected.split(' ')[0] as Severity);
      expect(Math.min(...seen.map((one) => ORDER.indexOf(one)))).toBe(ORDER.indexOf(severity));
    });
  });
}
