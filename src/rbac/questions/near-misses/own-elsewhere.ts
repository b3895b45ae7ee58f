import { createBudget, STEPS } from './budget.ts';
import type { Denial } from './denial.ts';
import { type Held, heldThrough } from './held.ts';

/** What the caller holds in other namespaces than the request's and would allow the request. */
export function* ownElsewhere({ attributes, view, allows }: Denial): Generator<Held> {
  const { username, groups } = attributes.user;
  // Groups of the system last: everybody is in them, and their bindings are many.
  const own = [...groups].sort((a, b) => Number(a.startsWith('system:')) - Number(b.startsWith('system:')));
  const names = [['user', username] as const, ...own.map((group) => ['group', group] as const)];
  const budget = createBudget();
  for (const [type, name] of names) {
    if (!budget.spend(STEPS.binding)) return;
    for (const binding of view.bindingsNaming(type, name)) {
      if (!budget.spend(STEPS.binding)) return;
      const isElsewhere =
        binding.object.kind === 'RoleBinding' &&
        (!attributes.isResourceRequest || binding.namespace !== attributes.namespace);
      if (!isElsewhere || !allows(binding.slot, budget)) continue;
      const index = binding.subjects.findIndex((subject) => subject.type === type && subject.name === name);
      const held = heldThrough(binding, index);
      if (held !== undefined) yield held;
    }
  }
}
