import { setTimeout as pause } from 'node:timers/promises';
import { compareKeys } from '../key-order.ts';
import type { StoreEvent } from '../store.ts';
import { eventKey } from '../watch-hub.ts';
import type { EtcdConnection } from './etcd-connection.ts';
import { EtcdRefusal } from './etcd-failure.ts';
import type { RangeOfKeys, WatchAnswer, WatchedEvent } from './etcd-messages.ts';
import type { KeySpace } from './key-space.ts';

export interface WatchStreamDeps {
  readonly connection: EtcdConnection;
  readonly space: KeySpace;
  readonly range: RangeOfKeys;
  /** Commits with a greater revision are told. */
  readonly after: number;
  /** All of a commit in the range, in ascending key order; in the order of revisions, each once. */
  onCommit(events: readonly StoreEvent[], revision: number): void;
  /** What led to this revision was forgotten before it could be told; it goes on from there. */
  onCompacted(revision: number): void;
  onConnected?(): void;
  /** Told once when the stream breaks; it is taken up again by itself. */
  onError(error: unknown): void;
}

export interface WatchStream {
  /** Whether etcd tells at once what happens, as far as is known. */
  isConnected(): boolean;
  /** Begins anew when the member that it comes from has failed others. */
  check(): void;
  close(): void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** Follows a range of keys over however many connections it takes. */
export function openWatchStream(deps: WatchStreamDeps): WatchStream {
  const { connection, space, range } = deps;
  let seen = deps.after;
  let connected = false;
  let turn = connection.turn();
  let failures = 0;
  let closed = false;
  let attempt = new AbortController();

  function lose(revision: number): void {
    seen = Math.max(seen, revision);
    deps.onCompacted(revision);
  }

  function tell(watched: readonly WatchedEvent[], revision: number): void {
    if (closed || revision <= seen) return;
    const events = watched.map((event) => toEvent(space, event, revision));
    if (!events.every((event) => event !== undefined)) {
      lose(revision);
      return;
    }
    seen = revision;
    deps.onCommit(
      events.sort((left, right) => compareKeys(eventKey(left), eventKey(right))),
      revision,
    );
  }

  function take({ canceled, compact_revision, cancel_reason, events = [] }: WatchAnswer): void {
    if (compact_revision !== undefined) lose(space.toRevision(compact_revision));
    else if (canceled) throw new EtcdRefusal(0, cancel_reason ?? 'the watch was canceled');
    for (const [revision, ofOne] of Map.groupBy(events, ({ kv }) => kv.mod_revision))
      tell(ofOne, space.toRevision(revision));
  }

  /** etcd is asked for one revision more: it refuses what is compacted, and of that revision it may have forgotten some. */
  async function readOn(signal: AbortSignal): Promise<void> {
    const create_request = { ...range, start_revision: space.ofEtcd(seen), prev_kv: true };
    for await (const answer of connection.stream<WatchAnswer>('/v3/watch', { create_request }, signal)) {
      if (!connected) deps.onConnected?.();
      connected = true;
      failures = 0;
      take(answer);
      if (answer.canceled) return;
    }
    throw new Error('etcd has ended the watch');
  }

  async function follow(): Promise<void> {
    while (!closed) {
      attempt = new AbortController();
      turn = connection.turn();
      try {
        await readOn(attempt.signal);
      } catch (error) {
        if (closed) return;
        connection.avoid(turn);
        if (failures === 0) deps.onError(error);
        failures += 1;
      } finally {
        connected = false;
        attempt.abort();
      }
      if (failures > 0) await rest(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures));
    }
  }

  function rest(ms: number): Promise<void> {
    attempt = new AbortController();
    return pause(ms, undefined, { ref: false, signal: attempt.signal }).catch(() => {});
  }

  void follow();
  return {
    isConnected: () => connected,
    check() {
      if (turn !== connection.turn()) attempt.abort();
    },
    close() {
      closed = true;
      attempt.abort();
    },
  };
}

/** Undefined when the value before it has been forgotten. */
function toEvent(
  space: KeySpace,
  { type, kv, prev_kv }: WatchedEvent,
  revision: number,
): StoreEvent | undefined {
  const previous = prev_kv && space.toEntry(prev_kv);
  if (type === 'DELETE') return previous && { type: 'delete', revision, previous };
  const entry = space.toEntry(kv);
  if (entry.createRevision === revision) return { type: 'put', revision, entry };
  return previous && { type: 'put', revision, entry, previous };
}
