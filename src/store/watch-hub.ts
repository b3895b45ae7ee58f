import { CompactedError, type StoreEvent, type StoreWatch, type WatchHandlers } from './store.ts';

/** Where a watch finds what happened before it began. */
export interface WatchHistory {
  revision(): number;
  compactedRevision(): number;
  /** Events under `prefix` with after < revision <= through, ordered by revision. */
  events(prefix: string, after: number, through: number): readonly StoreEvent[];
}

export interface WatchHub {
  watch(prefix: string, afterRevision: number, handlers: WatchHandlers): StoreWatch;
  /** Delivers a commit to the live watches. Call it once a commit, in revision order. */
  publish(events: readonly StoreEvent[], revision: number): void;
  /** Ends every watch that has not seen what led to `revision`, for it never will. Call it before the history forgets. */
  forget(revision: number): void;
  close(): void;
}

interface Watch {
  readonly prefix: string;
  readonly handlers: WatchHandlers;
  /** Everything up to this revision has been delivered. */
  seen: number;
  state: 'replaying' | 'live' | 'closed';
}

/** Revisions read from history at a time, so that a long replay is not held in memory as a whole. */
const REPLAY_WINDOW = 1000;

/**
 * Hands commits to watches: first from history, then live, each exactly once.
 * @param onError told when a watch's own onError throws
 */
export function createWatchHub(history: WatchHistory, onError: (error: Error) => void): WatchHub {
  const watches = new Set<Watch>();
  const pending: { readonly events: readonly StoreEvent[]; readonly revision: number }[] = [];
  let publishing = false;

  /** A live watch has seen all there was, also what was none of its business. */
  function progressOf({ state, seen }: Watch): number {
    return state === 'live' ? Math.max(seen, history.revision()) : seen;
  }

  function end(watch: Watch): void {
    watch.state = 'closed';
    watches.delete(watch);
  }

  function fail(watch: Watch, cause: unknown): void {
    if (watch.state === 'closed') return;
    end(watch);
    try {
      watch.handlers.onError(asError(cause));
    } catch (error) {
      onError(asError(error));
    }
  }

  /** A handler that throws ends its own watch and nothing else: neither the writer nor another watch notices. */
  function deliver(watch: Watch, events: readonly StoreEvent[], revision: number): void {
    watch.seen = revision;
    try {
      watch.handlers.onEvents(events, revision);
    } catch (error) {
      fail(watch, error);
    }
  }

  function replay(watch: Watch): void {
    while (watch.state === 'replaying') {
      if (watch.seen < history.compactedRevision()) {
        fail(watch, new CompactedError(history.compactedRevision()));
        return;
      }
      // A handler may write while it replays; the watch goes live only when nothing is left to read.
      const through = Math.min(history.revision(), watch.seen + REPLAY_WINDOW);
      if (through <= watch.seen) {
        watch.state = 'live';
        return;
      }
      for (const events of groupByRevision(history.events(watch.prefix, watch.seen, through))) {
        const revision = events[0]?.revision ?? 0;
        if (watch.state === 'replaying') deliver(watch, events, revision);
      }
      watch.seen = through;
    }
  }

  return {
    watch(prefix, afterRevision, handlers) {
      const watch: Watch = { prefix, handlers, seen: afterRevision, state: 'replaying' };
      watches.add(watch);
      queueMicrotask(() => {
        try {
          replay(watch);
        } catch (error) {
          fail(watch, error);
        }
      });
      return { close: () => end(watch), progress: () => progressOf(watch) };
    },

    publish(events, revision) {
      if (watches.size === 0) return;
      pending.push({ events, revision });
      // A handler that writes lands here again: its commit waits until everybody has seen this one.
      if (publishing) return;
      publishing = true;
      for (let commit = pending.shift(); commit !== undefined; commit = pending.shift()) {
        for (const watch of watches) {
          if (watch.state !== 'live' || commit.revision <= watch.seen) continue;
          const matching = under(watch.prefix, commit.events);
          if (matching.length > 0) deliver(watch, matching, commit.revision);
        }
      }
      publishing = false;
    },

    forget(revision) {
      for (const watch of watches) {
        if (progressOf(watch) < revision) fail(watch, new CompactedError(revision));
      }
    },

    close() {
      for (const watch of watches) end(watch);
    },
  };
}

function under(prefix: string, events: readonly StoreEvent[]): readonly StoreEvent[] {
  const matches = (event: StoreEvent) => eventKey(event).startsWith(prefix);
  return events.every(matches) ? events : events.filter(matches);
}

/** The key that the event is about. */
export function eventKey(event: StoreEvent): string {
  return event.type === 'put' ? event.entry.key : event.previous.key;
}

function groupByRevision(events: readonly StoreEvent[]): StoreEvent[][] {
  const groups: StoreEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last?.[0]?.revision === event.revision) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('a watch handler threw something that is no Error', { cause: thrown });
}
