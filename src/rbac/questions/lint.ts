import type { ObjectMeta } from '../model.ts';
import type { Policy } from '../policy.ts';
import type { ObjectName } from './grant.ts';
import { ALL_RULES, RULE_DESCRIPTIONS } from './lint/all-rules.ts';
import { closestName } from './lint/closest-name.ts';
import { compareFindings, type Finding } from './lint/finding.ts';
import { createLintContext } from './lint/lint-context.ts';
import type { LintOptions } from './lint/lint-options.ts';
import type { BindingLintRule, LintRule, Report, RoleLintRule } from './lint/lint-rule.ts';
import { LINT_IGNORE, suppressedRules, UNKNOWN_LINT_RULE } from './lint/suppression.ts';

const ROLE_RULES: readonly RoleLintRule[] = ALL_RULES.filter((rule) => rule.on === 'role');
const BINDING_RULES: readonly BindingLintRule[] = ALL_RULES.filter((rule) => rule.on === 'binding');
const KNOWN_IDS: ReadonlySet<string> = new Set(RULE_DESCRIPTIONS.map(({ id }) => id));

/**
 * Risky, useless and mistaken grants of a policy, most severe first. Kubernetes' own roles and bindings are not
 * reported, but what was added to its bindings is. An object silences rules by its annotation sallyport.dev/lint-ignore.
 * Takes time in proportion to the policy.
 */
export function lint(policy: Policy, options: LintOptions = {}): Finding[] {
  const context = createLintContext(policy.view(), options);
  const findings: Finding[] = [];
  for (const role of context.roles) {
    const found = ROLE_RULES.flatMap((rule) => [...rule.check(role, context)].map(placed(rule, role.object)));
    findings.push(...withoutSuppressed(role, found));
  }
  for (const binding of context.bindings) {
    const found = BINDING_RULES.flatMap((rule) =>
      [...rule.check(binding, context)].map(placed(rule, binding.object)),
    );
    findings.push(...withoutSuppressed(binding, found));
  }
  return findings.sort(compareFindings);
}

function placed(rule: LintRule, object: ObjectName): (report: Report) => Finding {
  return (report) => ({ rule: rule.id, severity: rule.severity, object, remedy: rule.remedy, ...report });
}

interface Annotated {
  readonly object: ObjectName;
  readonly metadata: ObjectMeta;
}

function withoutSuppressed({ object, metadata }: Annotated, found: readonly Finding[]): Finding[] {
  const suppressed = suppressedRules(metadata);
  const unknown = suppressed.filter((id) => !KNOWN_IDS.has(id));
  return [
    ...found.filter(({ rule }) => !suppressed.includes(rule)),
    ...unknown.map((id) => unknownRule(object, id)),
  ];
}

function unknownRule(object: ObjectName, id: string): Finding {
  const closest = closestName(id, KNOWN_IDS);
  return {
    rule: UNKNOWN_LINT_RULE.id,
    severity: UNKNOWN_LINT_RULE.severity,
    object,
    field: `metadata.annotations[${LINT_IGNORE}]`,
    message: `There is no rule "${id}".${closest === undefined ? '' : ` Did you mean "${closest}"?`}`,
    remedy: UNKNOWN_LINT_RULE.remedy,
  };
}
