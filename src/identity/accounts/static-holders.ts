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
  /**
   * What any process has, this one too. Undefined while that cannot be known: this process was cut off from the store, and so
   * may others have been, whose leases have ended and who will say again what they have.
   */
  held(): Promise<ReadonlySet<string> | undefined>;
  /** Calls back when another process has something else, or is gone, and when it can be known again. */
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
/**
 * Who has not renewed for so long was cut off. Another one's lease that ended by the same cut had been renewed at most `RENEW_MS`
 * before it: it ends no earlier than `TTL_MS - RENEW_MS` after the beginning, even if one's own has not.
 */
const CUT_OFF_MS = RENEW_MS * 1.5;

export function createStaticHolders({ store, log }: StaticHoldersDeps): StaticHolders {
  const key = HOLDERS + randomUUID();
  let own: ReadonlySet<string> = new Set();
  let lease: Lease | undefined;
  let renewedAt = performance.now();
  let renewing: Promise<void> | undefined;
  let othersReturn: NodeJS.Timeout | undefined;
  let watcher: Watcher | undefined;
  let notify = () => {};

  async function write(): Promise<void> {
    lease ??= await store.lease(TTL_MS);
    await store.txn([], [{ type: 'put', key, value: [...own].join(' '), leaseId: lease.id }]);
  }

  function waitForOthers(): void {
    clearTimeout(othersReturn);
    othersReturn = setTimeout(() => {
      othersReturn = undefined;
      notify();
    }, TTL_MS).unref();
  }

  async function renewNow(): Promise<void> {
    const isAlive = (await lease?.keepAlive()) === true;
    if (!isAlive) {
      lease = undefined;
      await write();
    }
    if (!isAlive || performance.now() - renewedAt > CUT_OFF_MS) waitForOthers();
    renewedAt = performance.now();
  }

  function renew(): Promise<void> {
    renewing ??= renewNow().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  let timer: NodeJS.Timeout | undefined;

  async function join(): Promise<void> {
    await write();
    renewedAt = performance.now();
    timer = setInterval(() => {
      renew().catch((err: unknown) =>
        log.error({ err }, 'telling other processes of static accounts failed'),
      );
    }, RENEW_MS).unref();
  }

  return {
    async announce(words) {
      own = words;
      if (timer === undefined) return join();
      await renew();
      await write();
    },
    async held() {
      await renew();
      if (othersReturn !== undefined) return undefined;
      const { entries } = await store.list(HOLDERS);
      return new Set([...own, ...entries.flatMap(({ value }) => value.split(' '))]);
    },
    async watch(onChange) {
      notify = onChange;
      const ofOthers = (entry: Entry) => entry.key !== key && onChange();
      watcher = await followPrefix(
        { store, onError: (err) => log.error({ err }, 'following static accounts was interrupted') },
        HOLDERS,
        { put: ofOthers, remove: ofOthers },
      );
    },
    async close() {
      clearInterval(timer);
      clearTimeout(othersReturn);
      watcher?.close();
      // Else it ends by itself.
      await lease?.revoke().catch((err: unknown) => log.warn({ err }, 'a lease is left to its end'));
    },
  };
}
