import { type LabelSelector, labelSelectorMatcher } from '../kube/index.ts';
import type { ClusterRole, PolicyRule } from './model.ts';
import { type CompiledRule, compileRule } from './rule.ts';

type Labels = Readonly<Record<string, string>>;

export interface LabelMatcher {
  (labels: Labels): boolean;
  /** A key without which labels do not match; undefined when there is no such key. */
  readonly requires: string | undefined;
}

/** A ClusterRole as the aggregation sees it. */
export interface AggregationRole {
  readonly labels: Labels;
  /** One matcher a selector, for a role whose rules are gathered from others; its own written rules do not count. */
  readonly gathers: readonly LabelMatcher[] | undefined;
  /** What the role gives to those that select it; made at the first call. */
  pieces(): readonly RulePiece[];
}

export interface RulePiece {
  readonly rule: PolicyRule;
  readonly compiled: CompiledRule;
  /** Equal for equal rules. */
  readonly key: string;
}

export function aggregationRole({ aggregationRule, metadata, rules }: ClusterRole): AggregationRole {
  const gathers =
    aggregationRule === undefined || aggregationRule === null
      ? undefined
      : (aggregationRule.clusterRoleSelectors ?? []).map((selector) => matcherOf(selector));
  let pieces: readonly RulePiece[] | undefined;
  return {
    labels: metadata.labels ?? {},
    gathers,
    pieces() {
      pieces ??= (rules ?? []).map(pieceOf);
      return pieces;
    },
  };
}

function pieceOf(rule: PolicyRule): RulePiece {
  const compiled = compileRule(rule);
  return { rule, compiled, key: JSON.stringify(compiled) };
}

// A selector that cannot be read selects nothing; Kubernetes' controller gives up on the role then.
function matcherOf(selector: LabelSelector | null): LabelMatcher {
  try {
    return Object.assign(labelSelectorMatcher(selector ?? {}), { requires: requiredKey(selector ?? {}) });
  } catch {
    return Object.assign(() => false, { requires: undefined });
  }
}

function requiredKey({ matchLabels, matchExpressions }: LabelSelector): string | undefined {
  const present = matchExpressions?.find(({ operator }) => operator === 'In' || operator === 'Exists');
  return Object.keys(matchLabels ?? {})[0] ?? present?.key;
}
