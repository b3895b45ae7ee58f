import type { StoreEvent, StoreWatch, WatchHandlers } from '../store.ts';
import { CompactedError } from '../store.ts';
import { createWatchHub } from '../watch-hub.ts';
import type { EtcdConnection } from './etcd-connection.ts';
import type { KeySpace } from './key-space.ts';
import { createRecentCommits } from './recent-commits.ts';
import { openWatchStream, type WatchStream } from './watch-stream.ts';

export interface EtcdWatchesDeps {
  readonly connection: EtcdConnection;
  readonly space: KeySpace;
  /** The store's revision when it was opened. */
  readonly revision: number;
  onError(error: unknown): void;
}

export interface EtcdWatches {
  /** Resolves when etcd has begun to tell, or has failed to. */
  readonly begun: Promise<void>;
  watch(prefix: string, afterRevision: number, handlers: WatchHandlers): StoreWatch;
  /** Resolves when the watches have been told of what satisfies it; at once when nothing is told now. */
  told(of: (events: readonly StoreEvent[], revision: number) => boolean): Promise<void>;
  /** Resolves when the watches have been told of everything up to this revision. */
  toldOf(revision: number): Promise<void>;
  /** The history that led to this revision was forgotten, on purpose. */
  compacted(revision: number): void;
  close(): void;
}

interface Waiter {
  readonly of: (events: readonly StoreEvent[], revision: number) => boolean;
  readonly done: () => void;
}

/** Revisions from before it was opened that are held for watches that go on where another process has ended. */
const BACKLOG = 1000;
/** What waits to be told does not wait longer than this. */
const PATIENCE_MS = 1000;
const PULSE_MS = 3000;

/**
 * One stream from etcd feeds all watches of this process: each event is read and parsed once, however many look at it.
 * A watch that begins before what is remembered has a stream of its own until it has caught up.
 */
export function createEtcdWatches({ connection, space, revision, onError }: EtcdWatchesDeps): EtcdWatches {
  const recent = createRecentCommits(Math.max(0, revision - BACKLOG));
  const hub = createWatchHub(recent, onError);
  const catchingUp = new Set<WatchStream>();
  const waiters = new Set<Waiter>();
  const begun = Promise.withResolvers<void>();
  let closed = false;

  const feed = openWatchStream({
    connection,
    space,
    range: space.all,
    after: recent.revision(),
    onCommit(events, at) {
      recent.add(events, at);
      hub.publish(events, at);
      for (const waiter of waiters) if (waiter.of(events, at)) waiter.done();
    },
    onCompacted(at) {
      hub.forget(at);
      recent.startFrom(at);
    },
    onConnected: begun.resolve,
    onError(error) {
      begun.resolve();
      for (const { done } of waiters) done();
      onError(error);
    },
  });

  /** A member that answers nobody would leave its streams silent: they are taken elsewhere. */
  const pulse = setInterval(() => {
    const checkAll = () => [feed, ...catchingUp].map((stream) => stream.check());
    connection.read('/v3/kv/range', { key: space.marker, count_only: true }).then(checkAll, checkAll);
  }, PULSE_MS);
  pulse.unref();

  function told(of: Waiter['of']): Promise<void> {
    if (closed || !feed.isConnected()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.done(), PATIENCE_MS);
      const waiter: Waiter = {
        of,
        done() {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve();
        },
      };
      waiters.add(waiter);
    });
  }

  /** From etcd's own history, until a commit comes that is remembered here too. */
  function catchUp(prefix: string, afterRevision: number, handlers: WatchHandlers): StoreWatch {
    let live: StoreWatch | undefined;
    let seen = afterRevision;
    const leave = () => {
      stream.close();
      catchingUp.delete(stream);
    };
    const end = (error: Error) => {
      leave();
      handlers.onError(error);
    };
    const stream = openWatchStream({
      connection,
      space,
      range: space.prefix(prefix),
      after: afterRevision,
      onCommit(events, at) {
        seen = at;
        try {
          handlers.onEvents(events, at);
        } catch (error) {
          end(error instanceof Error ? error : new Error('a watch handler threw no Error', { cause: error }));
          return;
        }
        if (!catchingUp.has(stream) || at < recent.compactedRevision()) return;
        leave();
        live = hub.watch(prefix, at, handlers);
      },
      onCompacted: (at) => end(new CompactedError(at)),
      onError,
    });
    catchingUp.add(stream);
    return {
      close() {
        leave();
        live?.close();
      },
      progress: () => live?.progress() ?? seen,
    };
  }

  return {
    begun: begun.promise,
    watch(prefix, afterRevision, handlers) {
      const isKnown = afterRevision >= recent.compactedRevision() || afterRevision < 0;
      return isKnown ? hub.watch(prefix, afterRevision, handlers) : catchUp(prefix, afterRevision, handlers);
    },
    told,
    toldOf: (at) => (recent.revision() >= at ? Promise.resolve() : told((_, reached) => reached >= at)),
    compacted: recent.forgetTo,
    close() {
      closed = true;
      clearInterval(pulse);
      hub.close();
      for (const stream of [feed, ...catchingUp]) stream.close();
      for (const { done } of waiters) done();
      begun.resolve();
    },
  };
}
