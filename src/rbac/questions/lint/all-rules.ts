import { CLUSTER_RULES } from './cluster-rules.ts';
import { DATA_RULES } from './data-rules.ts';
import { DEAD_RULES } from './dead-rules.ts';
import { GRANT_RULES } from './grant-rules.ts';
import { IDENTITY_RULES } from './identity-rules.ts';
import type { LintRule } from './lint-rule.ts';
import { REDUNDANCY_RULES } from './redundancy-rules.ts';
import { REFERENCE_RULES } from './reference-rules.ts';
import { STREAM_RULES } from './stream-rules.ts';
import { SUBJECT_RULES } from './subject-rules.ts';
import { UNKNOWN_LINT_RULE } from './suppression.ts';
import { WILDCARD_RULES } from './wildcard-rules.ts';
import { WORKLOAD_RULES } from './workload-rules.ts';

/** Every rule, by family. */
export const ALL_RULES: readonly LintRule[] = [
  ...WILDCARD_RULES,
  ...IDENTITY_RULES,
  ...DATA_RULES,
  ...WORKLOAD_RULES,
  ...CLUSTER_RULES,
  ...GRANT_RULES,
  ...SUBJECT_RULES,
  ...REFERENCE_RULES,
  ...DEAD_RULES,
  ...STREAM_RULES,
  ...REDUNDANCY_RULES,
];

/** What tables, SARIF and suppressions know of a rule. */
export type RuleDescription = Pick<LintRule, 'id' | 'title' | 'severity' | 'remedy'>;

/** All rules, in the order of their ids; the one about suppressions included. */
export const RULE_DESCRIPTIONS: readonly RuleDescription[] = [...ALL_RULES, UNKNOWN_LINT_RULE].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
