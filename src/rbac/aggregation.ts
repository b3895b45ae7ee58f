import { labelSelectorMatcher } from '../kube/index.ts';
import type { ClusterRole, PolicyRule } from './model.ts';
import { compileRule } from './rule.ts';

type Labels = Readonly<Record<string, string>>;
export type LabelMatcher = (labels: Labels) => boolean;

/** A ClusterRole as the aggregation sees it. */
export interface AggregationRole {
  readonly labels: Labels;
  readonly rules: readonly PolicyRule[];
  /** One matcher a selector, for a role whose rules are gathered from others; its own written rules do not count. */
  readonly gathers: readonly LabelMatcher[] | undefined;
}

export function aggregationRole(role: ClusterRole): AggregationRole {
  const { aggregationRule, metadata } = role;
  const gathers =
    aggregationRule === undefined || aggregationRule === null
      ? undefined
      : (aggregationRule.clusterRoleSelectors ?? []).map((selector) => matcherOf(selector));
  return { labels: metadata.labels ?? {}, rules: role.rules ?? [], gathers };
}

// A selector that cannot be read selects nothing; Kubernetes' controller gives up on the role then.
function matcherOf(selector: Parameters<typeof labelSelectorMatcher>[0] | null): LabelMatcher {
  try {
    return labelSelectorMatcher(selector ?? {});
  } catch {
    return () => false;
  }
}

/** Whether a change of a role with these labels can change the aggregated role's rules. */
export function selects(aggregated: AggregationRole, labels: Labels): boolean {
  return aggregated.gathers?.some((matches) => matches(labels)) ?? false;
}

/**
 * The rules of an aggregated ClusterRole as the controller's passes would leave them: for each selector in order the
 * matching roles sorted by name, each rule once, aggregated roles among them followed in turn. Cycles add nothing.
 * `visible` holds all ClusterRoles sorted by name. Source: Kubernetes pkg/controller/clusterroleaggregation.
 */
export function aggregateRules(role: AggregationRole, visible: readonly AggregationRole[]): PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  const visited = new Set<AggregationRole>([role]);
  const visit = (matchers: readonly LabelMatcher[]): void => {
    for (const matches of matchers) {
      for (const candidate of visible) {
        if (visited.has(candidate) || !matches(candidate.labels)) {
          continue;
        }
        visited.add(candidate);
        if (candidate.gathers === undefined) {
          addRules(rules, candidate.rules);
        } else {
          visit(candidate.gathers);
        }
      }
    }
  };
  visit(role.gathers ?? []);
  return [...rules.values()];
}

function addRules(rules: Map<string, PolicyRule>, added: readonly PolicyRule[]): void {
  for (const rule of added) {
    const key = JSON.stringify(compileRule(rule));
    if (!rules.has(key)) {
      rules.set(key, rule);
    }
  }
}
