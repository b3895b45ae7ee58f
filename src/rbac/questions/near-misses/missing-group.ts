import { goQuote } from '../../../kube/index.ts';
import { createBudget, STEPS } from './budget.ts';
import type { Finder } from './near-miss.ts';
import { allowedIn } from './near-subjects.ts';
import { givenText } from './wording.ts';

/** A group that the caller is not in may do this. Groups of the system are nobody's to join. */
export const findMissingGroup: Finder = function* (denial) {
  const own = new Set(denial.attributes.user.groups);
  const budget = createBudget();
  for (const { groups } of denial.scopes) {
    for (const [group, holding] of groups) {
      if (!budget.spend(STEPS.name)) return;
      if (own.has(group) || group.startsWith('system:')) continue;
      for (const held of allowedIn(denial, holding, budget)) {
        yield {
          held,
          message: `${givenText(held)} allows this, but the caller is not in that group.`,
          remedyText: `Put the caller into group ${goQuote(group)} where the groups are kept, if all that it may do is wanted.`,
        };
      }
    }
  }
};
