import type { Condition, Store, Write } from '../../../store/index.ts';
import { type HashWork, mostWork, noWork, workOf } from './hash-work.ts';

/**
 * The most work that any stored user's hash has ever taken, so that a check can do as much whoever it is for, without a
 * look at all users. It only grows: a costly hash that is gone leaves its cost behind.
 */
export interface HashWorkLedger {
  most(): Promise<HashWork>;
  /** What must be in the transaction that writes the hash. */
  raiseFor(
    hash: string | undefined,
  ): Promise<{ readonly conditions: readonly Condition[]; readonly writes: readonly Write[] }>;
}

const KEY = 'identity/hash-work';

export function createHashWorkLedger(store: Store): HashWorkLedger {
  return {
    async most() {
      const entry = await store.get(KEY);
      return entry === undefined ? noWork : (JSON.parse(entry.value) as HashWork);
    },
    async raiseFor(hash) {
      const entry = await store.get(KEY);
      const before: HashWork = entry === undefined ? noWork : JSON.parse(entry.value);
      const after = mostWork([before, workOf(hash ?? '')]);
      if (after.bcryptCost === before.bcryptCost && after.argon2 === before.argon2)
        return { conditions: [], writes: [] };
      return {
        conditions: [{ key: KEY, modRevision: entry?.modRevision ?? 0 }],
        writes: [{ type: 'put', key: KEY, value: JSON.stringify(after) }],
      };
    },
  };
}
