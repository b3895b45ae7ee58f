import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Expiring } from './expiring.ts';
import type { LeaderElection } from './leader-election.ts';
import { MOST_CONDITIONS, type Store } from './store.ts';

export interface HousekeepingDeps {
  readonly store: Store;
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
  /** Only a leader cleans up, so that replicas do not do it all at once. Default: this process has no replica. */
  readonly leader?: Pick<LeaderElection, 'isLeader'>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told how many records each batch has removed. */
  onCollected?(records: number): void;
  /** Told when a round failed; the next one comes at its time. */
  onError(error: unknown): void;
  /** Between the end of a round and the next. Default: 30 s. */
  readonly intervalMs?: number;
  /** History that watches and lists can rely on, unless there is too much of it. Default: 10 min. */
  readonly keepHistoryMs?: number;
  /** Revisions of history that are too much: what is older is forgotten however young it is. Default: 200 000. */
  readonly keepRevisions?: number;
  /** Records looked at, and removed, at once. Default, and at most: 100. */
  readonly batchSize?: number;
  /** Batches of one set in one round, so that no set starves the others. Default: 100. */
  readonly batchesPerRound?: number;
}

export interface Housekeeping {
  /** One round now: collects expired records, then compacts; a leader only. */
  run(): Promise<void>;
  /** Stops; resolves when a round under way has ended. */
  close(): Promise<void>;
}

/**
 * Keeps a store small: collects expired records and forgets history by age and by number, round after round. Leading can
 * end between two batches; nothing is wrong then when two processes collect, only done twice.
 */
export function startHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const { store, expiring, now, onError, intervalMs = 30_000, keepHistoryMs = 600_000 } = deps;
  const { keepRevisions = 200_000 } = deps;
  const { batchSize = MOST_CONDITIONS, batchesPerRound = 100, leader = { isLeader: () => true } } = deps;
  /** What the revision was at which time, oldest first. Times before this process started are not known: kept. */
  let marks: { readonly time: number; readonly revision: number }[] = [];
  let closed = false;
  const mayGoOn = () => !closed && leader.isLeader();
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;

  async function collect(set: Pick<Expiring<unknown>, 'collect'>): Promise<void> {
    for (let batch = 0; batch < batchesPerRound && mayGoOn(); batch++) {
      const { seen, removed } = await set.collect(batchSize);
      deps.onCollected?.(removed);
      if (seen < batchSize) return;
      await nextTurn();
    }
  }

  /** Everybody remembers when which revision was, so that a new leader need not wait for a window to pass. */
  async function compact(): Promise<void> {
    const time = now();
    const revision = await store.revision();
    const old = marks.findLastIndex((mark) => mark.time <= time - keepHistoryMs);
    const forgotten = Math.max(marks[old]?.revision ?? 0, revision - keepRevisions);
    if (forgotten > 0 && mayGoOn()) await store.compact(forgotten);
    marks = [...marks.slice(old + 1), { time, revision }];
  }

  async function round(): Promise<void> {
    for (const set of expiring) await collect(set);
    if (!closed) await compact();
  }

  /** Rounds never overlap: whoever asks during a round gets that round. */
  function run(): Promise<void> {
    underWay ??= round().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  function schedule(): void {
    if (closed) return;
    timer = setTimeout(() => void run().catch(onError).finally(schedule), intervalMs);
    timer.unref();
  }

  schedule();
  return {
    run,
    async close() {
      closed = true;
      clearTimeout(timer);
      await underWay?.catch(() => undefined);
    },
  };
}
