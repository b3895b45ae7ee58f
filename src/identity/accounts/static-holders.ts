import { randomUUID } from 'node:crypto';
import {
  type Entry,
  followPrefix,
  type Lease,
  type Store,
  type Watcher,
  type Write,
} from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';

/**
 * What the processes on one store have in their configuration files. What only a process had that has stopped nobody has any more;
 * nor what one had that was killed, whose lease has ended. But a lease ends as well when its process is cut off from the store,
 * and then the process will be back: so the end of a lease counts only for who could have renewed their own for as long as one
 * lives, and until then whoever has not said that they stop still has everything. Does not know what the words stand for.
 */
export interface StaticHolders {
  /** Says what this process has from now on. */
  announce(words: ReadonlySet<string>): Promise<void>;
  /** What any process has, this one too, and what those may have that this process cannot know to be gone. */
  held(): Promise<ReadonlySet<string>>;
  /** Calls back when another process has something else, or is gone, and when it can be known that some are. */
  watch(onChange: () => void): Promise<void>;
  /** This process has nothing any more. */
  close(): Promise<void>;
}

export interface StaticHoldersDeps {
  readonly store: Store;
  readonly log: Log;
  /** Under which all processes say what they have. */
  readonly prefix: string;
}

/** Beside what a process has, and under its lease. */
const ALIVE = '/alive';

/** A process that was killed counts for so long; one that is started anew meanwhile is not missed. */
const TTL_MS = 30_000;
const RENEW_MS = TTL_MS / 3;
/**
 * Who has not renewed for so long was cut off. Another one's lease that ended by the same cut had been renewed at most `RENEW_MS`
 * before it: it ends no earlier than `TTL_MS - RENEW_MS` after the beginning, even if one's own has not.
 */
const CUT_OFF_MS = RENEW_MS * 1.5;

export function createStaticHolders({ store, log, prefix }: StaticHoldersDeps): StaticHolders {
  const key = prefix + randomUUID();
  let own: ReadonlySet<string> = new Set();
  let lease: Lease | undefined;
  let renewedAt = performance.now();
  let renewing: Promise<void> | undefined;
  let othersReturn: NodeJS.Timeout | undefined;
  let watcher: Watcher | undefined;
  let notify = () => {};

  async function write(): Promise<void> {
    lease ??= await store.lease(TTL_MS);
    const value = [...own].join(' ');
    const writes: readonly Write[] = [
      { type: 'put', key, value },
      { type: 'put', key: key + ALIVE, value: '', leaseId: lease.id },
    ];
    await store.txn([], writes);
  }

  /** Those that were killed; one that is back in this moment is left alone. */
  async function forget(dead: readonly Entry[]): Promise<void> {
    for (const { key: gone, modRevision } of dead) {
      const conditions = [
        { key: gone, modRevision },
        { key: gone + ALIVE, modRevision: 0 },
      ];
      await store.txn(conditions, [{ type: 'delete', key: gone }]);
    }
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

  async function leave(): Promise<void> {
    await store.txn(
      [],
      [key, key + ALIVE].map((gone): Write => ({ type: 'delete', key: gone })),
    );
    await lease?.revoke();
  }

  let timer: NodeJS.Timeout | undefined;

  async function join(): Promise<void> {
    await write();
    renewedAt = performance.now();
    waitForOthers();
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
      const { entries } = await store.list(prefix);
      const keys = new Set(entries.map((entry) => entry.key));
      const others = entries.filter((entry) => entry.key !== key && !entry.key.endsWith(ALIVE));
      const isThere = (entry: Entry) => othersReturn !== undefined || keys.has(entry.key + ALIVE);
      await forget(others.filter((entry) => !isThere(entry)));
      return new Set([...own, ...others.filter(isThere).flatMap(({ value }) => value.split(' '))]);
    },
    async watch(onChange) {
      notify = onChange;
      const ofOthers = (entry: Entry) => !entry.key.startsWith(key) && onChange();
      watcher = await followPrefix(
        { store, onError: (err) => log.error({ err }, 'following static accounts was interrupted') },
        prefix,
        { put: ofOthers, remove: ofOthers },
      );
    },
    async close() {
      clearInterval(timer);
      clearTimeout(othersReturn);
      watcher?.close();
      await renewing?.catch(() => undefined);
      // Else it is as if this process had been killed.
      await leave().catch((err: unknown) => log.warn({ err }, 'a lease is left to its end'));
    },
  };
}
