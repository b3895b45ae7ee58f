import { randomUUID } from 'node:crypto';
import { scheduleTimeout } from '../schedule-timeout.ts';
import type { Store } from '../store.ts';
import { claimItems } from './claim-items.ts';
import type { DeadLetterPolicy } from './dead-letters.ts';
import { followQueue } from './follow-queue.ts';
import { createQueueIndex } from './queue-index.ts';
import { createItemIds, queueKeys, timeOfItem } from './queue-keys.ts';
import type { RetryDelays } from './retry-delay.ts';
import { type WorkQueue, type WorkQueueBounds, WorkQueueFullError } from './work-queue.ts';

export interface WorkQueueDeps {
  /** All keys of the queue lie under it; no other prefix in the store may begin with it. */
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told when the queue could not follow the store; it tries again. */
  onError(error: unknown): void;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Default: 1 s, doubling up to 1 min. */
  readonly retry?: RetryDelays;
  /** Default: none. They hold for what this process knows of; what others add at the same moment may come on top. */
  readonly bounds?: WorkQueueBounds;
  /** Default: items are tried until they are done. */
  readonly deadLetter?: DeadLetterPolicy;
  /** Calls back after so many milliseconds unless cancelled. Default: a timer that keeps no process alive. */
  readonly schedule?: (ms: number, callback: () => void) => () => void;
}

const RETRY: RetryDelays = { firstMs: 1000, mostMs: 60_000 };

/**
 * Opens the queue that lies under the prefix, with what earlier processes left in it. The same for every store: items
 * are claimed by compare-and-set under a lease of the store.
 */
export async function openWorkQueue(store: Store, deps: WorkQueueDeps): Promise<WorkQueue> {
  const { now, onError, random = Math.random, retry = RETRY, bounds = {}, deadLetter } = deps;
  const { schedule = scheduleTimeout } = deps;
  const { maxItems = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = bounds;
  const keys = queueKeys(deps.prefix);
  const index = createQueueIndex(keys);
  const nextId = createItemIds(now, randomUUID().slice(0, 8));
  const waiting = new Set<() => void>();
  const onChange = () => {
    for (const look of [...waiting]) look();
  };
  const unfollow = await followQueue({ store, keys, index, onChange, onError, schedule });
  const claimDeps = { store, keys, retry, deadLetter, now, random };

  return {
    async add(values) {
      if (values.length === 0) return;
      let bytes = 0;
      for (const value of values) bytes += Buffer.byteLength(value);
      if (index.items + values.length > maxItems || index.bytes + bytes > maxBytes) {
        throw new WorkQueueFullError(index);
      }
      await store.txn(
        [],
        values.map((value) => ({ type: 'put', key: keys.item + nextId(), value })),
      );
    },

    claim: (limit, leaseTtlMs) => claimItems(claimDeps, index.claimable(limit, now()), leaseTtlMs),

    ready(signal) {
      return new Promise((resolve) => {
        let cancel: (() => void) | undefined;
        const look = () => {
          cancel?.();
          const due = signal.aborted ? 0 : index.nextDue();
          if (due === undefined) return;
          if (due > now()) {
            cancel = schedule(due - now(), look);
            return;
          }
          waiting.delete(look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        waiting.add(look);
        signal.addEventListener('abort', look);
        look();
      });
    },

    size: () => ({ items: index.items, bytes: index.bytes }),

    async deadLetters(limit) {
      const { entries } = await store.list(keys.dead, { limit });
      return entries.map(({ key, value }) => {
        const id = key.slice(keys.dead.length);
        return { id, value, addedAt: timeOfItem(id) };
      });
    },

    async countDeadLetters() {
      return (await store.list(keys.dead, { limit: 0 })).remaining;
    },

    close() {
      unfollow();
      for (const look of waiting) waiting.delete(look);
    },
  };
}
