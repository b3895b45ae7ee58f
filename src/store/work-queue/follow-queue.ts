import type { Store, Watcher } from '../store.ts';
import type { QueueIndex } from './queue-index.ts';
import type { QueueKeys } from './queue-keys.ts';

export interface FollowQueueDeps {
  readonly store: Store;
  readonly keys: QueueKeys;
  readonly index: QueueIndex;
  /** Told after every change of the index. */
  onChange(): void;
  /** Told when the queue could not be read again; it is tried again. */
  onError(error: unknown): void;
  /** Calls back after so many milliseconds unless cancelled. */
  schedule(ms: number, callback: () => void): () => void;
}

/** Entries listed at a time. */
const PAGE = 200;
const AGAIN_MS = 1000;

/**
 * Fills the index from the store and keeps it up with what this and other processes do.
 * @returns ends the following
 * @throws what the store throws at the first listing
 */
export async function followQueue(deps: FollowQueueDeps): Promise<() => void> {
  const { store, keys, index, onChange, onError, schedule } = deps;
  let watcher: Watcher | undefined;
  let cancel: (() => void) | undefined;
  let closed = false;

  async function begin(): Promise<void> {
    const { revision } = await store.list(keys.all, { limit: 0 });
    index.clear();
    for (let after: string | undefined; ; ) {
      const page = await store.list(keys.all, {
        limit: PAGE,
        revision,
        ...(after === undefined ? {} : { after }),
      });
      index.load(page.entries);
      after = page.entries.at(-1)?.key;
      if (page.remaining === 0 || after === undefined) break;
    }
    if (closed) return;
    watcher = store.watch(keys.all, revision, {
      onEvents(events) {
        index.follow(events);
        onChange();
      },
      onError: again,
    });
    onChange();
  }

  function again(error: unknown): void {
    if (closed) return;
    onError(error);
    cancel = schedule(AGAIN_MS, () => void begin().catch(again));
  }

  await begin();
  return () => {
    closed = true;
    cancel?.();
    watcher?.close();
  };
}
