import { compareKeys, type KeyRange } from '../key-order.ts';
import type { Backend, LeaseRecord } from '../local/backend.ts';
import type { Entry, StoreEvent } from '../store.ts';
import { eventKey } from '../watch-hub.ts';
import { createSortedKeys, type SortedKeys } from './sorted-keys.ts';

/** One past value of a key: true from entry.modRevision until, not including, `ended`. */
interface PastVersion {
  readonly entry: Entry;
  readonly ended: number;
}

/** Keeps everything in this process's memory: current entries, past versions, and the log of commits. */
export function createMemoryBackend(): Backend {
  const current = new Map<string, Entry>();
  const currentKeys = createSortedKeys();
  const past = new Map<string, PastVersion[]>();
  const pastKeys = createSortedKeys();
  const leases = new Map<string, LeaseRecord>();
  // One element a revision without gaps: log[0] is revision logStart + 1.
  let log: (readonly StoreEvent[])[] = [];
  let logStart = 0;
  let compacted = 0;

  const revision = () => logStart + log.length;

  function keep(event: StoreEvent): void {
    const { previous } = event;
    if (previous !== undefined) {
      const versions = past.get(previous.key) ?? [];
      versions.push({ entry: previous, ended: event.revision });
      past.set(previous.key, versions);
      pastKeys.add(previous.key);
    }
    if (event.type === 'put') {
      if (previous === undefined) currentKeys.add(event.entry.key);
      current.set(event.entry.key, event.entry);
    } else {
      current.delete(event.previous.key);
      currentKeys.delete(event.previous.key);
    }
  }

  function entryAsOf(key: string, asOf: number): Entry | undefined {
    const now = current.get(key);
    if (now !== undefined && now.modRevision <= asOf) return now;
    return past.get(key)?.find(({ entry, ended }) => entry.modRevision <= asOf && asOf < ended)?.entry;
  }

  function forget(key: string): void {
    const versions = past.get(key);
    if (versions === undefined) return;
    // Oldest first, so that what must go is at the front.
    const kept = versions.findIndex(({ ended }) => ended > compacted);
    if (kept >= 0) {
      versions.splice(0, kept);
    } else {
      past.delete(key);
      pastKeys.delete(key);
    }
  }

  return {
    revision,
    keptRevision: revision,
    compactedRevision: () => compacted,
    get: (key) => current.get(key),
    getKept: (key) => current.get(key),

    list(range, asOf, limit = Number.POSITIVE_INFINITY) {
      if (asOf === revision()) return listCurrent(range, limit);
      const all: Entry[] = [];
      for (const key of mergedKeys(range, currentKeys, pastKeys)) {
        const entry = entryAsOf(key, asOf);
        if (entry !== undefined) all.push(entry);
      }
      const entries = all.slice(0, limit);
      return { entries, remaining: all.length - entries.length };
    },

    events(prefix, after, through) {
      const commits = log.slice(Math.max(after - logStart, 0), Math.max(through - logStart, 0));
      return commits.flat().filter((event) => eventKey(event).startsWith(prefix));
    },

    commit({ events, endedLease }) {
      for (const event of events) keep(event);
      if (events.length > 0) log.push(events);
      if (endedLease !== undefined) leases.delete(endedLease);
      return undefined;
    },
    settled: () => undefined,
    settledKey: () => undefined,

    leases: () => [...leases.values()],
    leasedEntries: () => [...current.values()].filter((entry) => entry.leaseId !== undefined),
    saveLease(lease) {
      leases.set(lease.id, lease);
      return undefined;
    },
    compact(to) {
      compacted = to;
      return undefined;
    },

    trim(limit) {
      const count = Math.min(compacted - logStart, limit);
      for (const event of log.slice(0, count).flat()) forget(eventKey(event));
      log = log.slice(count);
      logStart += count;
      return logStart < compacted;
    },

    async close() {},
  };

  function listCurrent({ start, end }: KeyRange, limit: number): { entries: Entry[]; remaining: number } {
    const first = currentKeys.rank(start);
    const last = Math.max(first, end === undefined ? currentKeys.size : currentKeys.rank(end));
    const wanted = Math.min(last - first, limit);
    const entries: Entry[] = [];
    if (wanted > 0) {
      for (const key of currentKeys.from(start)) {
        entries.push(current.get(key) as Entry);
        if (entries.length === wanted) break;
      }
    }
    return { entries, remaining: last - first - wanted };
  }
}

/** The keys of both sets in the range, in order, each once. */
function* mergedKeys({ start, end }: KeyRange, left: SortedKeys, right: SortedKeys): Generator<string> {
  const [lefts, rights] = [left.from(start), right.from(start)];
  let a = lefts.next().value;
  let b = rights.next().value;
  for (;;) {
    const next = a === undefined || (b !== undefined && compareKeys(b, a) < 0) ? b : a;
    if (next === undefined || (end !== undefined && compareKeys(next, end) >= 0)) return;
    if (a === next) a = lefts.next().value;
    if (b === next) b = rights.next().value;
    yield next;
  }
}
