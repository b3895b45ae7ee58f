import { createHash } from 'node:crypto';
import type { Entry, Store, Write } from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';
import type { StaticAccount } from './static-accounts.ts';
import { createStaticHolders } from './static-holders.ts';
import type { AccountEndings } from './users/account-endings.ts';

/**
 * Ends what an account of the configuration file has going when it gets another password there, or is taken out: as with
 * an account in the store. What the files said is remembered in the store, so that it does not matter whether the change is
 * noticed by a reload or at the next start, and only one of several processes acts on it. While their files differ, as they
 * do when a change is rolled out, what one of them still has counts: it ends when the last one has it no more. Processes that were
 * cut off from the store, all of them perhaps, and ones that start meanwhile, end nothing of each other's before all have had the
 * time to come back.
 */
export interface StaticEndings {
  /** Keeps the file's accounts for the next time, and ends what no file has any more. */
  follow(accounts: readonly FollowedAccount[]): Promise<void>;
  close(): Promise<void>;
}

/** What is followed of an account. */
export type FollowedAccount = Pick<StaticAccount, 'id' | 'hash'>;

export interface StaticEndingsDeps {
  readonly store: Store;
  readonly log: Log;
  readonly endings: Pick<AccountEndings, 'intend' | 'complete'>;
  /** Where it is remembered what files say, and who has them. Default: of accounts. */
  readonly places?: { readonly remembered: string; readonly holders: string };
}

/** By account, the digests of the passwords that files have or had. */
const PLACES = { remembered: 'identity/statics/', holders: 'identity/static-holders/' };

/** Says whether the password is another one; nothing about it. */
function digestOf({ id, hash }: FollowedAccount): string {
  return createHash('sha256').update(`${id}\n${hash}`).digest('base64url');
}

const digestsIn = ({ value }: Pick<Entry, 'value'>) => value.split(' ');

/** @param accounts of the file as it is now */
export async function openStaticEndings(
  { store, endings, log, places = PLACES }: StaticEndingsDeps,
  accounts: readonly FollowedAccount[],
): Promise<StaticEndings> {
  const { remembered } = places;
  const holders = createStaticHolders({ store, log, prefix: places.holders });
  let settling: Promise<void> = Promise.resolve();

  async function remember(key: string, digest: string): Promise<void> {
    for (;;) {
      const before = await store.get(key);
      const known = before === undefined ? [] : digestsIn(before);
      if (known.includes(digest)) return;
      const { committed } = await store.txn(
        [{ key, modRevision: before?.modRevision ?? 0 }],
        [{ type: 'put', key, value: [...known, digest].join(' ') }],
      );
      if (committed) return;
    }
  }

  async function end({ key, modRevision }: Entry, kept: readonly string[]): Promise<void> {
    const id = key.slice(remembered.length);
    const left: Write =
      kept.length === 0 ? { type: 'delete', key } : { type: 'put', key, value: kept.join(' ') };
    const { committed } = await store.txn([{ key, modRevision }], [left, ...endings.intend(id)]);
    // Else another process has seen it.
    if (committed) await endings.complete(id);
  }

  async function settleNow(): Promise<void> {
    // In this order: what is remembered by now was announced before.
    const { entries } = await store.list(remembered);
    const held = await holders.held();
    for (const entry of entries) {
      const digests = digestsIn(entry);
      const kept = digests.filter((digest) => held.has(digest));
      if (kept.length < digests.length) await end(entry, kept);
    }
  }

  /** One after the other: who waits for it waits for what has begun before, too. */
  function settle(): Promise<void> {
    const next = settling.then(settleNow);
    settling = next.catch(() => undefined);
    return next;
  }

  async function follow(wanted: readonly FollowedAccount[]): Promise<void> {
    const digests = new Map(wanted.map((account) => [remembered + account.id, digestOf(account)]));
    await holders.announce(new Set(digests.values()));
    for (const [key, digest] of digests) await remember(key, digest);
    await settle();
  }

  await follow(accounts);
  await holders.watch(() => {
    settle().catch((err: unknown) => log.error({ err }, 'ending sessions of static accounts failed'));
  });
  return { follow, close: holders.close };
}
