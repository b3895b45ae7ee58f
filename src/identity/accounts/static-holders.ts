import { randomUUID } from 'node:crypto';
import { type Entry, followPrefix, type Lease, type Store, type Watcher } from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';

/**
 * What the processes on one store have in their configuration files. Each says so under a lease: what only a process had
 * that has stopped, or was killed, nobody has any more. Does not know what the words stand for.
 */
export interface StaticHolders {
  /** Says what this process has from now on. */
  announce(words: ReadonlySet<string>): Promise<void>;
  /** What any process has, this one too. */
  held(): Promise<ReadonlySet<string>>;
  /** Calls back when another process has something else, or is gone. */
  watch(onChange: () => void): Promise<void>;
  /** This process has nothing any more. */
  close(): Promise<void>;
}

export interface StaticHoldersDeps {
  readonly store: Store;
  readonly log: Log;
}

const HOLDERS = 'identity/static-holders/';

/** A process that was killed counts for so long; one that is started anew meanwhile is not missed. */
const TTL_MS = 30_000;
const RENEW_MS = TTL_MS / 3;

export function createStaticHolders({ store, log }: StaticHoldersDeps): StaticHolders {
  const key = HOLDERS + randomUUID();
  let own: ReadonlySet<string> = new Set();
  let lease: Lease | undefined;
  let watcher: Watcher | undefined;

  async function write(): Promise<void> {
    lease ??= await store.lease(TTL_MS);
    await store.txn([], [{ type: 'put', key, value: [...own].join(' '), leaseId: lease.id }]);
  }

  async function renew(): Promise<void> {
    if (lease === undefined || (await lease.keepAlive())) return;
    lease = undefined;
    await write();
  }

  const timer = setInterval(() => {
    renew().catch((err: unknown) => log.error({ err }, 'telling other processes of static accounts failed'));
  }, RENEW_MS).unref();

  return {
    async announce(words) {
      own = words;
      // Who never had any needs no lease to say so.
      if (words.size > 0 || lease !== undefined) await write();
    },
    async held() {
      const { entries } = await store.list(HOLDERS);
      return new Set([...own, ...entries.flatMap(({ value }) => value.split(' '))]);
    },
    async watch(onChange) {
      const ofOthers = (entry: Entry) => entry.key !== key && onChange();
      watcher = await followPrefix(
        { store, onError: (err) => log.error({ err }, 'following static accounts was interrupted') },
        HOLDERS,
        { put: ofOthers, remove: ofOthers },
      );
    },
    async close() {
      clearInterval(timer);
      watcher?.close();
      // Else it ends by itself.
      await lease?.revoke().catch((err: unknown) => log.warn({ err }, 'a lease is left to its end'));
    },
  };
}
