import type { LimitEvents, LimitName } from './limit-events.ts';

/** Counts what the limits do, since the start. */
export interface LimitCounts extends LimitEvents {
  /** How often a limit turned something away. */
  refusals(limit: LimitName): number;
  /** How many requests got their seat after waiting, and how long all of them waited together, in milliseconds. */
  waits(): { readonly count: number; readonly ms: number };
}

/** @param next is told the same */
export function createLimitCounts(
  log: { debug(fields: object, message: string): void },
  next?: LimitEvents,
): LimitCounts {
  const refusals = new Map<LimitName, number>();
  let count = 0;
  let ms = 0;
  return {
    refused(limit, who) {
      refusals.set(limit, (refusals.get(limit) ?? 0) + 1);
      log.debug({ limit, who }, 'a limit was reached');
      next?.refused(limit, who);
    },
    waited(time) {
      count++;
      ms += time;
      next?.waited(time);
    },
    refusals: (limit) => refusals.get(limit) ?? 0,
    waits: () => ({ count, ms }),
  };
}
