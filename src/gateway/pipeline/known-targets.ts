import type { RequestInfo } from '../../kube/index.ts';

/** What unambiguous requests of one method ask for, by target: clients ask for the same again and again. */
export interface KnownTargets {
  get(target: string): RequestInfo | undefined;
  /** @param requestInfo what this target always means */
  learn(target: string, requestInfo: RequestInfo): void;
}

/** Longer ones are lists with selectors, seldom asked twice, and would make the memory's size the clients' choice. */
const MAX_TARGET = 256;

/**
 * A bounded memory of what is worked out from method and target alone. Anybody can fill it, before any authentication; all
 * that this does is to make room. The same object comes back each time, so that others may remember by it.
 * @param limit entries of each of the two generations: what was not asked for during a whole one is forgotten
 */
export function createKnownTargets(limit = 1_000): KnownTargets {
  let recent = new Map<string, RequestInfo>();
  let earlier = new Map<string, RequestInfo>();

  function learn(target: string, requestInfo: RequestInfo): void {
    if (target.length > MAX_TARGET) return;
    if (recent.size >= limit) {
      earlier = recent;
      recent = new Map();
    }
    recent.set(target, requestInfo);
  }

  return {
    get(target) {
      const known = recent.get(target);
      if (known !== undefined) return known;
      const before = earlier.get(target);
      if (before !== undefined) learn(target, before);
      return before;
    },
    learn,
  };
}
