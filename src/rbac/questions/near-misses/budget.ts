import type { CompiledRule } from '../../rule.ts';

/** How much one look through the policy may cost. A step is about ten nanoseconds' work. */
export interface Budget {
  /** Pays for work; false when nothing is left, and then the look ends. */
  spend(steps: number): boolean;
}

/**
 * The steps of one look: some 0.15 ms. An explanation takes at most some fifteen of them, and is so bounded well below
 * 5 ms whatever the policy's size. What lies beyond is not found; the next look has its own steps.
 */
export const STEPS_PER_LOOK = 15_000;

/** What a comparison with the rule costs: its lists are searched. */
export function stepsOf({ verbs, resources, resourceNames, nonResourceURLs }: CompiledRule): number {
  const entries = verbs.length + resources.length + resourceNames.length + nonResourceURLs.length;
  return STEPS.rule + (entries >> 1);
}

/** What each thing looked at costs, the memory that must be fetched for it included. */
export const STEPS = { name: 3, slot: 12, rule: 10, held: 20, binding: 15, role: 20, distance: 60 } as const;

export function createBudget(steps: number = STEPS_PER_LOOK): Budget {
  let left = steps;
  return {
    spend(wanted) {
      left -= wanted;
      return left >= 0;
    },
  };
}
