import { createHash } from 'node:crypto';
import type { Entry, Store } from '../../store/index.ts';
import type { StaticAccount } from './static-accounts.ts';
import type { AccountEndings } from './users/account-endings.ts';

/**
 * Ends what an account of the configuration file has going when it gets another password there, or is taken out: as with
 * an account in the store. What the file said last is remembered in the store, so that it does not matter whether the
 * change is noticed by a reload or at the next start, and only one of several replicas acts on it.
 */
export interface StaticEndings {
  /** Compares the file's accounts with those before, and keeps them for the next time. */
  follow(accounts: readonly StaticAccount[]): Promise<void>;
}

export interface StaticEndingsDeps {
  readonly store: Store;
  readonly endings: Pick<AccountEndings, 'intend' | 'complete'>;
}

const STATICS = 'identity/statics/';

/** Says whether the password is another one; nothing about it. */
function digestOf({ id, hash }: StaticAccount): string {
  return createHash('sha256').update(`${id}\n${hash}`).digest('base64url');
}

export function createStaticEndings({ store, endings }: StaticEndingsDeps): StaticEndings {
  const remember = (id: string, value: string, modRevision: number) =>
    store.txn([{ key: STATICS + id, modRevision }], [{ type: 'put', key: STATICS + id, value }]);

  async function end(id: string, { key, modRevision }: Entry, value: string | undefined): Promise<void> {
    const { committed } = await store.txn(
      [{ key, modRevision }],
      [value === undefined ? { type: 'delete', key } : { type: 'put', key, value }, ...endings.intend(id)],
    );
    // Else another replica has seen it.
    if (committed) await endings.complete(id);
  }

  return {
    async follow(accounts) {
      const { entries } = await store.list(STATICS);
      const before = new Map(entries.map((entry) => [entry.key.slice(STATICS.length), entry]));
      for (const account of accounts) {
        const known = before.get(account.id);
        before.delete(account.id);
        const digest = digestOf(account);
        if (known === undefined) await remember(account.id, digest, 0);
        else if (known.value !== digest) await end(account.id, known, digest);
      }
      for (const [id, entry] of before) await end(id, entry, undefined);
    },
  };
}
