import type { Severity } from './finding.ts';
import type { LintContext, LintedBinding, LintedRole } from './lint-context.ts';

/** What a check found; the rule's own severity and remedy hold unless it says otherwise. */
export interface Report {
  readonly field?: string;
  readonly message: string;
  readonly severity?: Severity;
  readonly remedy?: string;
}

interface RuleText {
  /** Stable: suppressions and dashboards name it. */
  readonly id: string;
  /** One sentence for lists of rules. */
  readonly title: string;
  /** The highest that the rule reports. */
  readonly severity: Severity;
  readonly remedy: string;
}

export interface RoleLintRule extends RuleText {
  readonly on: 'role';
  check(role: LintedRole, context: LintContext): Iterable<Report>;
}

export interface BindingLintRule extends RuleText {
  readonly on: 'binding';
  check(binding: LintedBinding, context: LintContext): Iterable<Report>;
}

export type LintRule = RoleLintRule | BindingLintRule;
