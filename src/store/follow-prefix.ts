import { scheduleTimeout } from './schedule-timeout.ts';
import { CompactedError, type Entry, type Store, type StoreEvent, type Watcher } from './store.ts';

export interface PrefixFollower {
  /** The entry is there now; `previous` when it was known before. */
  put(entry: Entry): void;
  /** The entry is gone. */
  remove(entry: Entry): void;
}

export interface PrefixFollowerDeps {
  readonly store: Store;
  /** Calls back after the given milliseconds, unless the returned function is called. Default: a timer that keeps no process alive. */
  readonly schedule?: (ms: number, callback: () => void) => () => void;
  /** Told when following was interrupted; it is taken up again by itself. */
  onError(error: unknown): void;
}

const retryMs = 1000;

/**
 * Tells a follower of everything under a prefix, then of every change, in order. When history has been forgotten
 * meanwhile, or something failed, it lists anew and tells the difference. Resolves when all that was there has been told.
 */
export async function followPrefix(
  { store, schedule = scheduleTimeout, onError }: PrefixFollowerDeps,
  prefix: string,
  follower: PrefixFollower,
): Promise<Watcher> {
  const known = new Map<string, Entry>();
  let watcher: Watcher | undefined;
  let closed = false;
  let cancelRetry = (): void => {};

  // An entry counts as known only when the follower has taken it: after a failure it is told again.
  function put(entry: Entry): void {
    follower.put(entry);
    known.set(entry.key, entry);
  }

  function remove(key: string): void {
    const entry = known.get(key);
    if (entry !== undefined) follower.remove(entry);
    known.delete(key);
  }

  async function start(): Promise<void> {
    const { entries, revision } = await store.list(prefix);
    const present = new Set(entries.map(({ key }) => key));
    for (const key of [...known.keys()]) if (!present.has(key)) remove(key);
    for (const entry of entries) {
      if (known.get(entry.key)?.modRevision !== entry.modRevision) put(entry);
    }
    if (!closed) watcher = store.watch(prefix, revision, { onEvents, onError: restart });
  }

  function onEvents(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.type === 'put') put(event.entry);
      else remove(event.previous.key);
    }
  }

  function restart(error: Error): void {
    if (!(error instanceof CompactedError)) onError(error);
    resume();
  }

  function resume(): void {
    if (closed) return;
    start().catch((error: unknown) => {
      onError(error);
      cancelRetry = schedule(retryMs, resume);
    });
  }

  await start();
  return {
    close() {
      closed = true;
      cancelRetry();
      watcher?.close();
    },
  };
}
