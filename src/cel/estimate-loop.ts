import type { Estimate } from './estimate-cost.ts';

/** What a comprehension costs. */
export interface LoopEstimate {
  /** How many variables it names. */
  readonly names: number;
  /** @param found what is evaluated for each element: a condition, what is found, or both */
  of(range: Estimate, found: readonly Estimate[]): Partial<Estimate> & Pick<Estimate, 'cost'>;
}

/** Undefined when a call is no comprehension. */
export function loopEstimate(name: string, count: number): LoopEstimate | undefined {
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (step === undefined || count < 2) return undefined;
  const names = (count === 3 && quantifiers.has(name)) || name.startsWith('transform') ? 2 : 1;
  if (name === 'optMap' || name === 'optFlatMap') {
    return { names, of: (range, [found]) => ({ cost: range.cost + (found?.cost ?? 0) + step.each }) };
  }
  return {
    names,
    of(range, found) {
      const each = found.reduce((total, { cost }) => total + cost, step.each);
      return {
        cost: range.cost + step.once + times(range.size, each),
        ...(step.keeps !== undefined && {
          size: range.size,
          element: step.keeps === 'elements' ? range.element : (found.at(-1)?.size ?? Infinity),
        }),
      };
    },
  };
}

/** Nothing many times is nothing. */
function times(count: number, cost: number): number {
  return count === 0 ? 0 : count * cost;
}

interface Step {
  /** What the loop itself costs, and what it costs for each element. */
  readonly once: number;
  readonly each: number;
  /** What its result is made of; absent when it is one value. */
  readonly keeps?: 'elements' | 'found';
}

const quantifiers = new Set(['all', 'exists', 'exists_one', 'existsOne']);

/** As cel-go expands them: looking at the variable of what was found so far, comparing, adding an element to a list. */
const steps: Readonly<Record<string, Step>> = {
  all: { once: 1, each: 3 },
  exists: { once: 1, each: 4 },
  exists_one: { once: 3, each: 2 },
  existsOne: { once: 3, each: 2 },
  filter: { once: 11, each: 13, keeps: 'elements' },
  map: { once: 11, each: 12, keeps: 'found' },
  sortBy: { once: 11, each: 12, keeps: 'elements' },
  transformList: { once: 11, each: 12, keeps: 'found' },
  transformMap: { once: 31, each: 3, keeps: 'found' },
  transformMapEntry: { once: 31, each: 3, keeps: 'found' },
  optMap: { once: 0, each: 5 },
  optFlatMap: { once: 0, each: 5 },
};
