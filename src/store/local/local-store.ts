import { setImmediate as nextTurn } from 'node:timers/promises';
import { requireLimit, requireValid, requireWellFormed } from '../check-request.ts';
import { compareKeys, isStorableText, keyRange } from '../key-order.ts';
import {
  CompactedError,
  type Entry,
  FutureRevisionError,
  type Store,
  type StoreEvent,
  type Write,
} from '../store.ts';
import { createWatchHub, eventKey } from '../watch-hub.ts';
import type { Backend, Kept } from './backend.ts';
import { createLocalLeases } from './local-leases.ts';

/** A store inside this process. */
export interface LocalStore extends Store {
  /** Ends every lease whose deadline has come, without waiting for the timer. */
  expireLeases(): Promise<void>;
}

export interface LocalStoreDeps {
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly now?: () => number;
  /** Told of failures that have no caller: a lease that could not be ended, a watch whose onError throws. */
  readonly onError?: (error: Error) => void;
}

/** Versions removed in one go; the event loop turns in between. */
const TRIM_BATCH = 1000;

/** The contract's rules over a backend that only keeps data. */
export function createLocalStore(backend: Backend, deps: LocalStoreDeps): LocalStore {
  const { now = Date.now, onError = (error: Error) => process.emitWarning(error) } = deps;
  const hub = createWatchHub({ ...backend, revision: backend.keptRevision }, onError);
  const leases = createLocalLeases({ backend, now, onError, commit: apply });
  let closed = false;

  function requireOpen(): void {
    if (closed) throw new Error('the store is closed');
  }

  function toEvent(write: Write, revision: number, previous: Entry | undefined): StoreEvent | undefined {
    if (write.type === 'delete') return previous && { type: 'delete', revision, previous };
    const { key, value, leaseId } = write;
    const createRevision = previous?.createRevision ?? revision;
    const entry = {
      key,
      value,
      createRevision,
      modRevision: revision,
      ...(leaseId !== undefined && { leaseId }),
    };
    return { type: 'put', revision, entry, ...(previous && { previous }) };
  }

  function apply(writes: readonly Write[], endedLease?: string, look = backend.get): Kept {
    const revision = backend.revision() + 1;
    const events: StoreEvent[] = [];
    for (const write of writes) {
      const event = toEvent(write, revision, look(write.key));
      if (event !== undefined) events.push(event);
    }
    events.sort((left, right) => compareKeys(eventKey(left), eventKey(right)));
    if (events.length === 0 && endedLease === undefined) return backend.settled('');
    const kept = backend.commit({ revision, events, ...(endedLease !== undefined && { endedLease }) });
    leases.follow(events, endedLease);
    const publish = () => {
      if (events.length > 0) hub.publish(events, revision);
    };
    if (kept === undefined) publish();
    return kept?.then(publish, (error: unknown) => {
      leases.reload();
      throw error;
    });
  }

  /** Readers see what was written before they asked, or that it was lost. */
  async function reading(written: Promise<void>): Promise<void> {
    await written.catch(() => {});
    requireOpen();
  }

  leases.expire().catch(onError);

  return {
    async get(key) {
      requireOpen();
      const written = backend.settledKey(key);
      if (written !== undefined) await reading(written);
      return isStorableText(key) ? backend.getKept(key) : undefined;
    },

    async list(prefix, { limit, after, before, revision: asked, counted } = {}) {
      requireOpen();
      requireWellFormed(prefix, after ?? '', before ?? '');
      requireLimit(limit);
      const written = backend.settled(prefix);
      if (written !== undefined) await reading(written);
      const current = backend.keptRevision();
      const revision = asked ?? current;
      if (revision > current) throw new FutureRevisionError(current);
      if (revision < backend.compactedRevision()) throw new CompactedError(backend.compactedRevision());
      return { ...backend.list(keyRange(prefix, after, before), revision, limit, counted), revision };
    },

    async txn(conditions, writes) {
      requireOpen();
      requireValid(conditions, writes);
      const look = createLook(backend.get);
      if (!conditions.every(({ key, modRevision }) => (look(key)?.modRevision ?? 0) === modRevision)) {
        // What it was compared with may still be lost: then the answer is that.
        await backend.settled('');
        return { committed: false, revision: backend.keptRevision() };
      }
      for (const write of writes) {
        if (write.type === 'put' && write.leaseId !== undefined) leases.requireAlive(write.leaseId);
      }
      const kept = apply(writes, undefined, look);
      const revision = backend.revision();
      if (kept !== undefined) await kept;
      return { committed: true, revision };
    },

    watch(prefix, afterRevision, handlers) {
      requireOpen();
      requireWellFormed(prefix);
      return hub.watch(prefix, afterRevision, handlers);
    },

    async lease(ttlMs) {
      requireOpen();
      return leases.grant(ttlMs);
    },

    async revision() {
      requireOpen();
      const written = backend.settled('');
      if (written !== undefined) await reading(written);
      return backend.keptRevision();
    },

    async compact(revision) {
      requireOpen();
      const current = backend.keptRevision();
      if (revision > current) throw new FutureRevisionError(current);
      if (revision > backend.compactedRevision()) await backend.compact(revision);
      while (!closed && backend.trim(TRIM_BATCH)) await nextTurn();
    },

    async expireLeases() {
      requireOpen();
      await leases.expire();
      await backend.settled('');
    },

    async close() {
      if (closed) return;
      closed = true;
      hub.close();
      leases.close();
      await backend.close();
    },
  };
}

/** Looks each key up once: what is compared is what is written, mostly. */
function createLook(get: Backend['get']): Backend['get'] {
  const seen = new Map<string, Entry | undefined>();
  return (key) => {
    if (!seen.has(key)) seen.set(key, get(key));
    return seen.get(key);
  };
}
