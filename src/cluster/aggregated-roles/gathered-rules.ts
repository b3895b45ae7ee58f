import { isDeepStrictEqual } from 'node:util';
import { type LabelSelector, labelSelectorMatcher } from '../../kube/index.ts';
import type { KubeObject } from '../resources/index.ts';

export interface ClusterRole extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] | null } | null;
}

type PolicyRule = Readonly<Record<string, unknown>>;

/** Whether a role with aggregationRule takes up the rules of another. */
export function gathers(role: ClusterRole, other: ClusterRole): boolean {
  return matchersOf(role).some((matches) => matches(other.metadata.labels ?? {}));
}

/**
 * The rules that an aggregationRule makes: selector by selector, within one by name, each rule once. Of a role that gathers
 * itself, those that it has got so far. Undefined for a role without an aggregationRule.
 * Throws SelectorError where a selector is none.
 * Source: Kubernetes pkg/controller/clusterroleaggregation syncClusterRole.
 */
export function rulesOf(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] | undefined {
  if (role.aggregationRule === undefined || role.aggregationRule === null) return undefined;
  const others = all.filter(({ metadata }) => metadata.name !== role.metadata.name);
  const rules = new Map<string, PolicyRule>();
  for (const matches of matchersOf(role)) {
    const members = others.filter(({ metadata }) => matches(metadata.labels ?? {}));
    for (const rule of members.toSorted(byName).flatMap((member) => member.rules ?? [])) {
      const text = JSON.stringify(normal(rule));
      if (!rules.has(text)) rules.set(text, rule);
    }
  }
  return [...rules.values()];
}

/** Whether two lists say the same in the same order; an empty list is as good as none. */
export function sameRules(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  return isDeepStrictEqual(a.map(normal), b.map(normal));
}

function matchersOf({ aggregationRule }: ClusterRole) {
  return (aggregationRule?.clusterRoleSelectors ?? []).map((selector) => labelSelectorMatcher(selector));
}

const lists = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

function normal(rule: PolicyRule): readonly unknown[] {
  return lists.map((list) => rule[list] ?? []);
}

function byName(a: ClusterRole, b: ClusterRole): number {
  const [one, other] = [a.metadata.name ?? '', b.metadata.name ?? ''];
  return one < other ? -1 : Number(one > other);
}
