import type { CompiledSubject } from '../../binding.ts';
import type { Holding } from '../../subject-index.ts';
import { type Budget, createBudget, STEPS, STEPS_PER_LOOK } from './budget.ts';
import type { Denial } from './denial.ts';
import { type Held, heldAt } from './held.ts';
import type { LikeName } from './own-names.ts';
import { createOwnNames } from './own-names.ts';

/** A subject that would be allowed, and whose name is like the caller's own or like one of the caller's groups'. */
export interface NearSubject extends LikeName {
  readonly ownType: CompiledSubject['type'];
  readonly held: Held;
}

export function* nearSubjectsIn(denial: Denial): Generator<NearSubject> {
  const budget = createBudget(2 * STEPS_PER_LOOK);
  yield* ofOtherType(denial, budget);
  const { username, groups } = denial.attributes.user;
  for (const ownType of ['user', 'group'] as const) {
    const own = createOwnNames(ownType, ownType === 'user' ? [username] : groups);
    for (const scope of denial.scopes) {
      const holders = ownType === 'user' ? scope.users : scope.groups;
      for (const name of holders.keys()) {
        if (!budget.spend(STEPS.name)) return;
        const like = own.mayBeLike(name) ? own.like(name) : undefined;
        if (like === undefined) continue;
        for (const held of allowedIn(denial, holders.get(name), budget)) yield { ...like, ownType, held };
      }
    }
  }
}

/** Names in the wrong list: a user's among the groups, a group's among the users. */
function* ofOtherType(denial: Denial, budget: Budget): Generator<NearSubject> {
  const { username, groups } = denial.attributes.user;
  const both = groups.includes(username);
  for (const { users, groups: groupHolders } of denial.scopes) {
    const asGroup = both ? undefined : groupHolders.get(username);
    for (const held of allowedIn(denial, asGroup, budget)) {
      yield { likeness: 'kind', ownType: 'user', ownName: username, held };
    }
    for (const group of groups) {
      if (!budget.spend(STEPS.binding)) return;
      const asUser = group === username ? undefined : users.get(group);
      for (const held of allowedIn(denial, asUser, budget)) {
        yield { likeness: 'kind', ownType: 'group', ownName: group, held };
      }
    }
  }
}

/** What the holding has that would allow the request. */
export function allowedIn({ allows }: Denial, holding: Holding | undefined, budget: Budget): Held[] {
  const allowed: Held[] = [];
  if (holding === undefined) return allowed;
  for (const [index, slot] of holding.slots.entries()) {
    if (!budget.spend(STEPS.slot)) break;
    const held = allows(slot, budget) ? heldAt(holding, index) : undefined;
    if (held !== undefined) allowed.push(held);
  }
  return allowed;
}
