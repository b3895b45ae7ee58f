import type { ExpiringRecord } from '../../store/index.ts';
import type { StoredModel } from './stored-model.ts';

/** Those that nobody redeems (somebody only asked after a token) are forgotten when so many have gathered. */
const mostKept = 1000;

/**
 * Records between being looked up and being redeemed by the same request, so that they are not read twice. They may have
 * changed meanwhile: whoever redeems one writes it on the condition that it has not.
 */
export interface LookedUp {
  keep(key: string, record: ExpiringRecord<StoredModel>): void;
  /** Gives it away: the next one that asks reads it anew. */
  take(key: string): ExpiringRecord<StoredModel> | undefined;
}

export function createLookedUp(): LookedUp {
  const kept = new Map<string, ExpiringRecord<StoredModel>>();
  return {
    keep(key, record) {
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, record);
    },
    take(key) {
      const record = kept.get(key);
      kept.delete(key);
      return record;
    },
  };
}
