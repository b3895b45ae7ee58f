import type { Attributes } from '../../../kube/index.ts';
import type { PolicyView } from '../../policy-view.ts';
import type { RoleSlot } from '../../role-slot.ts';
import { holdingsOf, type Scope } from '../../subject-index.ts';
import { type Budget, createBudget, STEPS, STEPS_PER_LOOK, stepsOf } from './budget.ts';
import { type DanglingRef, danglingRefs } from './dangling-refs.ts';
import { type Held, heldAt } from './held.ts';
import { type NearRules, nearRulesOf } from './near-rules.ts';
import { type NearSubject, nearSubjectsIn } from './near-subjects.ts';
import { ruleAllows } from './rule-allows.ts';

/** A refused request and what the kinds of near misses need to know of it, each worked out at its first use. */
export interface Denial {
  readonly attributes: Attributes;
  readonly view: PolicyView;
  /** Where the request is decided: its namespace first (the nearer), then cluster-wide. */
  readonly scopes: readonly Scope[];
  /** What the caller holds there. */
  own(): readonly Held[];
  nearRules(): NearRules;
  /** Others whose names are like the caller's, and who would be allowed. */
  nearSubjects(): readonly NearSubject[];
  danglingRefs(): readonly DanglingRef[];
  /** Whether the slot's role would allow the request; false when the budget does not reach. */
  allows(slot: RoleSlot, budget: Budget): boolean;
}

export function createDenial(view: PolicyView, attributes: Attributes): Denial {
  const scopes = scopesOf(view, attributes);
  const verdicts = new Map<RoleSlot, boolean>();

  function allows(slot: RoleSlot, budget: Budget): boolean {
    const known = verdicts.get(slot);
    if (known !== undefined) return known;
    const { role } = slot;
    for (const rule of (attributes.isResourceRequest ? role?.resourceRules : role?.urlRules) ?? []) {
      // Not remembered: another look may have the steps.
      if (!budget.spend(stepsOf(rule))) return false;
      if (ruleAllows(rule, attributes)) {
        verdicts.set(slot, true);
        return true;
      }
    }
    verdicts.set(slot, false);
    return false;
  }

  const own = once(() => ownIn(scopes, attributes));
  const denial: Denial = {
    attributes,
    view,
    scopes,
    own,
    nearRules: once(() => nearRulesOf(own(), attributes)),
    nearSubjects: once(() => [...nearSubjectsIn(denial)]),
    danglingRefs: once(() => danglingRefs(own(), view, attributes)),
    allows,
  };
  return denial;
}

function scopesOf(view: PolicyView, { isResourceRequest, namespace }: Attributes): Scope[] {
  const local = isResourceRequest && namespace !== '' ? view.subjects.namespaces.get(namespace) : undefined;
  return [...(local === undefined ? [] : [local]), view.subjects.clusterWide];
}

function ownIn(scopes: readonly Scope[], { user }: Attributes): Held[] {
  const own: Held[] = [];
  const budget = createBudget(2 * STEPS_PER_LOOK);
  for (const scope of scopes) {
    for (const holding of holdingsOf(scope, user)) {
      for (const index of holding.slots.keys()) {
        const held = budget.spend(STEPS.held) ? heldAt(holding, index) : undefined;
        if (held === undefined) return own;
        own.push(held);
      }
    }
  }
  return own;
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
