import type { Attributes } from '../kube/index.ts';
import { type CompiledRule, combinedResource } from './rule.ts';

/**
 * Sorts resource requests into shapes: requests of one shape are treated alike by every rule, but for the object's
 * name. So a caller's answer can be remembered by shape (see callers.ts).
 *
 * Only words that some rule uses are told apart; all others share the shape of the unknown word. So a caller who
 * invents verbs and resources neither fills memory nor falls off the fast path.
 */
export interface Shapes {
  /** Takes in the words of a rule. All shapes may have other numbers afterwards. */
  learn(rule: CompiledRule): void;
  /**
   * The number of the request's shape. undefined: it has none, because its subresource holds a slash (which only an
   * access review can ask) or there are more shapes than safe numbers. Only for resources.
   */
  idOf(attributes: Attributes): number | undefined;
}

const UNKNOWN = 0;

export function createShapes(): Shapes {
  const verbs = new Map<string, number>();
  const groups = new Map<string, number>();
  const resources = new Map<string, number>();

  function resourceNumber({ resource, subresource }: Attributes): number {
    // Two numbers a word: `pods/log` asked as resource alone is another shape than `pods` with subresource `log`,
    // because only the latter is covered by `*/log`.
    if (subresource === '') {
      return 2 * (resources.get(resource) ?? UNKNOWN);
    }
    const exact = resources.get(combinedResource(resource, subresource));
    return 2 * (exact ?? resources.get(`*/${subresource}`) ?? UNKNOWN) + 1;
  }

  return {
    learn(rule) {
      learnWords(verbs, rule.verbs);
      learnWords(groups, rule.apiGroups);
      learnWords(resources, rule.resources);
    },
    idOf(attributes) {
      // `pods` with `log/x` and `pods/log` with `x` are one word to a rule for `pods/log/x`, but not to one for `*/x`.
      if (attributes.subresource.includes('/')) {
        return undefined;
      }
      const group = groups.get(attributes.apiGroup) ?? UNKNOWN;
      const verb = verbs.get(attributes.verb) ?? UNKNOWN;
      const id = (resourceNumber(attributes) * (groups.size + 1) + group) * (verbs.size + 1) + verb;
      return id <= Number.MAX_SAFE_INTEGER ? id : undefined;
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
