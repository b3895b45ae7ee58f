/** How many explanations may be made. An explanation takes up to some 4 ms, and refusals cost their sender nothing. */
export interface ExplanationBudget {
  /** Takes one of this user's and one of all. @returns false when either is used up */
  take(username: string): boolean;
}

/** `size` at once, and one more every `every` milliseconds. */
export interface Allowance {
  readonly size: number;
  readonly every: number;
}

export interface ExplanationBudgetDeps {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Enough for a person at a terminal, little for a program in a loop. */
  readonly perUser?: Allowance;
  /** At the longest explanations, a fifth of a second at once and a tenth of the time from then on. */
  readonly overall?: Allowance;
}

const PER_USER: Allowance = { size: 10, every: 1_000 };
const OVERALL: Allowance = { size: 50, every: 40 };
/** Users remembered. Whoever is forgotten has a full allowance again, of what all may still take. */
const LONGEST_MEMORY = 10_000;

export function createExplanationBudget(deps: ExplanationBudgetDeps): ExplanationBudget {
  const { now, perUser = PER_USER, overall = OVERALL } = deps;
  /** When each user's allowance will be full again; those that took last come last. */
  const fullAt = new Map<string, number>();
  let allFullAt = Number.NEGATIVE_INFINITY;

  return {
    take(username) {
      const time = now();
      const own = afterOne(perUser, fullAt.get(username), time);
      const all = afterOne(overall, allFullAt, time);
      if (own === undefined || all === undefined) return false;
      allFullAt = all;
      fullAt.delete(username);
      fullAt.set(username, own);
      if (fullAt.size > LONGEST_MEMORY) fullAt.delete(fullAt.keys().next().value ?? '');
      return true;
    },
  };
}

/** When the allowance will be full again after one more is taken now; undefined when there is none to take. */
function afterOne({ size, every }: Allowance, fullAt: number | undefined, now: number): number | undefined {
  const next = Math.max(now, fullAt ?? now) + every;
  return next - now > size * every ? undefined : next;
}
