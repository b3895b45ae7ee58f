import { createBudget, STEPS } from './budget.ts';
import { serviceAccountOf } from './name-likeness.ts';
import type { Finder } from './near-miss.ts';
import { allowedIn } from './near-subjects.ts';
import { givenText } from './wording.ts';

/** Somebody else may do this: the least near, but it shows which role is the usual one for it. */
export const findOtherUser: Finder = function* (denial) {
  const budget = createBudget();
  for (const { users } of denial.scopes) {
    for (const [name, holding] of users) {
      if (!budget.spend(STEPS.name)) return;
      if (name === denial.attributes.user.username || isOfSystem(name)) continue;
      for (const held of allowedIn(denial, holding, budget)) {
        yield {
          held,
          message: `${givenText(held)} allows this, but the caller is somebody else.`,
          remedyText: 'Bind the role to the caller as well, if all that it allows is wanted.',
        };
      }
    }
  }
};

/** The control plane's own users and controllers: they may do nearly everything and are no example. */
function isOfSystem(name: string): boolean {
  const account = serviceAccountOf(name);
  return account === undefined ? name.startsWith('system:') : account.namespace === 'kube-system';
}
