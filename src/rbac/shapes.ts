import type { Attributes } from '../kube/index.ts';
import { type CompiledRule, combinedResource } from './rule.ts';

/**
 * Sorts resource requests into shapes: requests of one shape are treated alike by every rule, but for the object's
 * name. A role can then remember its verdict per shape (see role-slot.ts), so that a decision is an array look-up a role.
 *
 * Only words that some rule uses are told apart; all others share the shape of the unknown word. So a caller who
 * invents verbs and resources neither fills memory nor falls off the fast path.
 */
export interface Shapes {
  /** Takes in the words of a rule. Must happen before a verdict of that rule is remembered. */
  learn(rule: CompiledRule): void;
  /** The number of the request's shape, below MAX_SHAPES. Only for resource requests. */
  idOf(attributes: Attributes): number;
  /** Grows when all ids were forgotten: remembered verdicts of an older epoch are void. */
  readonly epoch: number;
}

export const MAX_SHAPES = 16_384;
const UNKNOWN = 0;

export function createShapes(maxShapes = MAX_SHAPES): Shapes {
  const verbs = new Map<string, number>();
  const groups = new Map<string, number>();
  const resources = new Map<string, number>();
  // Indexed by resource, API group, verb.
  let table: (number[][] | undefined)[] = [];
  let count = 0;
  let epoch = 0;

  function wordsOf(attributes: Attributes): number {
    const { resource, subresource } = attributes;
    // Two numbers a word: `pods/log` asked as resource alone is another shape than `pods` with subresource `log`,
    // because only the latter is covered by `*/log`.
    if (subresource === '') {
      return 2 * (resources.get(resource) ?? UNKNOWN);
    }
    const exact = resources.get(combinedResource(resource, subresource));
    return 2 * (exact ?? resources.get(`*/${subresource}`) ?? UNKNOWN) + 1;
  }

  return {
    get epoch() {
      return epoch;
    },
    learn(rule) {
      learnWords(verbs, rule.verbs);
      learnWords(groups, rule.apiGroups);
      learnWords(resources, rule.resources);
    },
    idOf(attributes) {
      const resource = wordsOf(attributes);
      const group = groups.get(attributes.apiGroup) ?? UNKNOWN;
      const verb = verbs.get(attributes.verb) ?? UNKNOWN;
      const known = table[resource]?.[group]?.[verb];
      if (known !== undefined) {
        return known;
      }
      if (count === maxShapes) {
        table = [];
        count = 0;
        epoch++;
      }
      const id = count++;
      const byGroup = table[resource] ?? [];
      const byVerb = byGroup[group] ?? [];
      byVerb[verb] = id;
      byGroup[group] = byVerb;
      table[resource] = byGroup;
      return id;
    },
  };
}

function learnWords(numbers: Map<string, number>, words: readonly string[]): void {
  for (const word of words) {
    if (!numbers.has(word)) {
      numbers.set(word, numbers.size + 1);
    }
  }
}
