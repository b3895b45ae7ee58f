import { editDistance } from '../near-misses/edit-distance.ts';

// Kubernetes' object names end here; a comparison takes time in proportion to the square.
const LONGEST = 253;
const BUDGET = 1_000_000;

/**
 * closestName with a memory and a budget of comparisons: a policy in which thousands of references lead nowhere gets no
 * hint for the last of them, instead of minutes of comparing.
 */
export function createClosestNames(budget = BUDGET) {
  const known = new Map<string, string | undefined>();
  let left = budget;
  return (wanted: string, among: string, candidates: ReadonlySet<string>): string | undefined => {
    const key = `${among}\n${wanted}`;
    if (!known.has(key) && left >= candidates.size) {
      left -= candidates.size;
      known.set(key, closestName(wanted, candidates));
    }
    return known.get(key);
  };
}

/** The candidate that was most likely meant: about a third of its letters may differ. undefined when none is near. */
export function closestName(wanted: string, candidates: Iterable<string>): string | undefined {
  if (wanted.length > LONGEST) {
    return undefined;
  }
  const lower = wanted.toLowerCase();
  let best: string | undefined;
  let nearest = Math.ceil(wanted.length / 3);
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate.toLowerCase(), nearest);
    if (distance < nearest || (distance === nearest && (best === undefined || candidate < best))) {
      best = candidate;
      nearest = distance;
    }
  }
  return best;
}
