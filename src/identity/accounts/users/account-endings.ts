import type { Collected, Store, Write } from '../../../store/index.ts';

/**
 * Ends what an account has going when it loses it: disabled, deleted, given another password. The intention is written
 * in the transaction that takes effect, and is gone when it has been carried out: a process that is killed in between
 * leaves it to the housekeeping of another, or to the next start.
 */
export interface AccountEndings {
  /** To be written in the transaction. */
  intend(accountId: string): readonly Write[];
  /** Ends everything, after the transaction. */
  complete(accountId: string): Promise<void>;
  /** Carries out what was intended and not completed, for so many accounts. */
  collect(limit?: number): Promise<Collected>;
}

export interface AccountEndingsDeps {
  readonly store: Store;
  /** Ends every session and grant of the account; harmless when repeated. */
  endAllOf(accountId: string): Promise<unknown>;
  /** What the intentions are kept under. Default: those of accounts. */
  readonly prefix?: string;
}

const ENDINGS = 'identity/ending/';

export function createAccountEndings({
  store,
  endAllOf,
  prefix = ENDINGS,
}: AccountEndingsDeps): AccountEndings {
  async function complete(accountId: string): Promise<void> {
    // Read first: an ending that is intended meanwhile must not be taken for this one.
    const intended = await store.get(prefix + accountId);
    await endAllOf(accountId);
    if (intended === undefined) return;
    await store.txn(
      [{ key: intended.key, modRevision: intended.modRevision }],
      [{ type: 'delete', key: intended.key }],
    );
  }

  return {
    intend: (accountId) => [{ type: 'put', key: prefix + accountId, value: '' }],
    complete,
    async collect(limit) {
      const { entries } = await store.list(prefix, limit === undefined ? {} : { limit });
      for (const { key } of entries) await complete(key.slice(prefix.length));
      return { seen: entries.length, removed: entries.length };
    },
  };
}
