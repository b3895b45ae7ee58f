import type { Attributes } from '../../../kube/index.ts';
import type { PolicyView, RoleDefinition } from '../../policy-view.ts';
import { type Budget, createBudget, STEPS, STEPS_PER_LOOK } from './budget.ts';
import { editDistance } from './edit-distance.ts';
import type { Held } from './held.ts';
import { allowingRule } from './rule-allows.ts';

/** A roleRef in the caller's hands that leads to no role. */
export interface DanglingRef {
  readonly held: Held;
  /** What was probably meant: a role of this name but of the other kind, or else one whose name is close. */
  readonly meant: RoleDefinition | undefined;
  readonly isOtherKind: boolean;
  /** Whether that role would allow the request: otherwise the roleRef may have nothing to do with the refusal. */
  readonly wouldAllow: boolean;
}

/** Each looks at all roles' names: more of them are not looked into. */
const MAX_REFS = 4;
/** A longer name is no typing error of a person; comparing two costs the square of their length. */
const MAX_NAME = 64;

export function danglingRefs(own: readonly Held[], view: PolicyView, attributes: Attributes): DanglingRef[] {
  const searches = own
    .filter(({ slot }) => slot.role === undefined)
    .slice(0, MAX_REFS)
    .map((held) => createSearch(held));
  if (searches.length === 0) return [];
  const budget = createBudget(2 * STEPS_PER_LOOK);
  for (const role of view.roles()) {
    if (!budget.spend(STEPS.role + STEPS.name * searches.length)) break;
    for (const search of searches) search.consider(role, budget);
  }
  return searches.map((search) => search.result(attributes));
}

function createSearch(held: Held) {
  const { slot, binding } = held;
  const tolerance = slot.name.length < 4 ? 1 : slot.name.length < 10 ? 2 : 3;
  let distance = slot.name.length > MAX_NAME ? 0 : tolerance + 1;
  let closest: RoleDefinition | undefined;
  let ofOtherKind: RoleDefinition | undefined;

  // What a roleRef of the binding could name at all.
  function isInReach(role: RoleDefinition): boolean {
    return role.kind === 'ClusterRole' || (binding.namespace !== '' && role.namespace === binding.namespace);
  }

  return {
    consider(role: RoleDefinition, budget: Budget): void {
      if (!isInReach(role)) return;
      if (role.kind !== slot.kind) {
        if (role.name === slot.name) ofOtherKind = role;
        return;
      }
      if (Math.abs(role.name.length - slot.name.length) >= distance || !budget.spend(STEPS.distance)) return;
      const found = editDistance(role.name, slot.name, distance - 1);
      if (found < distance) {
        distance = found;
        closest = role;
      }
    },
    result(attributes: Attributes): DanglingRef {
      const meant = ofOtherKind ?? closest;
      const wouldAllow = meant !== undefined && allowingRule(meant, attributes) >= 0;
      return { held, meant, isOtherKind: ofOtherKind !== undefined, wouldAllow };
    },
  };
}
