import type { Expiring, ExpiringRecord } from '../../store/index.ts';
import type { StoredModel } from './stored-model.ts';

/** Attempts that a code stands: after these it is worth nothing, also with the right verifier. */
const triesPerCode = 5;

/** Codes whose first attempt is remembered; the oldest is forgotten first. */
const mostRemembered = 10_000;

/** Counts the attempts to redeem authorization codes. */
export interface CodeTries {
  /** Looking a code up is an attempt, counted before its verifier is. A used one stays to be found. */
  find(key: string): Promise<ExpiringRecord<StoredModel> | undefined>;
  /** It has been redeemed. */
  over(key: string): void;
}

/**
 * The first attempt that a process sees is written only when another follows: nearly always the code is redeemed by it. So
 * of several processes, each but one may let one more through.
 */
export function createCodeTries(records: Expiring<StoredModel>): CodeTries {
  /** Codes with an attempt that is not written. */
  const unwritten = new Set<string>();

  function rememberFirst(key: string): void {
    unwritten.add(key);
    if (unwritten.size <= mostRemembered) return;
    for (const oldest of unwritten) {
      unwritten.delete(oldest);
      return;
    }
  }

  return {
    async find(key) {
      for (;;) {
        const record = await records.get(key);
        if (record === undefined || record.value.consumed !== undefined) return record;
        const { value, expiresAt } = record;
        if (value.tries === undefined && !unwritten.has(key)) {
          rememberFirst(key);
          return record;
        }
        const tries = (value.tries ?? 0) + (unwritten.has(key) ? 2 : 1);
        if (tries > triesPerCode) return undefined;
        const written = await records.put(key, { ...value, tries }, expiresAt, { replacing: record });
        if (written === undefined) continue;
        unwritten.delete(key);
        return record;
      }
    },
    over: (key) => void unwritten.delete(key),
  };
}
