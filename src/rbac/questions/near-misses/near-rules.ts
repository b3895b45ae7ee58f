import type { Attributes } from '../../../kube/index.ts';
import type { PolicyRule } from '../../model.ts';
import { allowsName, allowsPath, allowsResource, allowsVerb, type CompiledRule } from '../../rule.ts';
import { createBudget, STEPS, STEPS_PER_LOOK, stepsOf } from './budget.ts';
import type { Held } from './held.ts';

export type Missed = 'verb' | 'apiGroup' | 'resource' | 'name' | 'path';

/** A rule of the caller's own that fails the request in one respect only. */
export interface NearRule {
  readonly held: Held;
  readonly rule: CompiledRule;
  /** Among the role's rules of its sort (for resources, or for URLs). */
  readonly position: number;
}

export type NearRules = Readonly<Record<Missed, readonly NearRule[]>>;

/** Sorts the caller's own rules by the one respect in which they fail. */
export function nearRulesOf(own: readonly Held[], attributes: Attributes): NearRules {
  const near: Record<Missed, NearRule[]> = { verb: [], apiGroup: [], resource: [], name: [], path: [] };
  const { isResourceRequest } = attributes;
  // What the caller holds is worth a second look's steps: it is nearest.
  const budget = createBudget(2 * STEPS_PER_LOOK);
  for (const held of own) {
    const { role } = held.slot;
    const rules = (isResourceRequest ? role?.resourceRules : role?.urlRules) ?? [];
    if (!budget.spend(STEPS.slot)) return near;
    for (const [position, rule] of rules.entries()) {
      if (!budget.spend(stepsOf(rule))) return near;
      const missed = isResourceRequest ? missedOfResource(rule, attributes) : missedOfPath(rule, attributes);
      if (missed !== undefined) near[missed].push({ held, rule, position });
    }
  }
  return near;
}

function missedOfResource(rule: CompiledRule, attributes: Attributes): Missed | undefined {
  const { verb, apiGroup, resource, subresource, name } = attributes;
  let missed: Missed | undefined;
  let group = apiGroup;
  if (!allowsVerb(rule, verb)) missed = 'verb';
  if (!rule.apiGroups.includes('*') && !rule.apiGroups.includes(apiGroup)) {
    if (missed !== undefined) return undefined;
    missed = 'apiGroup';
    // The resource is judged as if it had been asked for in a group of the rule.
    group = rule.apiGroups[0] ?? '';
  }
  if (!allowsResource(rule, group, resource, subresource)) {
    if (missed !== undefined) return undefined;
    missed = 'resource';
  }
  if (!allowsName(rule, name)) {
    return missed === undefined ? 'name' : undefined;
  }
  return missed;
}

function missedOfPath(rule: CompiledRule, { verb, path }: Attributes): Missed | undefined {
  const byVerb = allowsVerb(rule, verb);
  if (allowsPath(rule, path)) return byVerb ? undefined : 'verb';
  return byVerb ? 'path' : undefined;
}

/** The rule's index among the role's rules as written. */
export function writtenIndex({ held, position }: NearRule, isResourceRequest: boolean): number {
  let left = position;
  return (held.slot.role?.rules ?? []).findIndex((rule: PolicyRule | null) => {
    const targets = isResourceRequest ? rule?.resources : rule?.nonResourceURLs;
    return (targets?.length ?? 0) > 0 && left-- === 0;
  });
}
