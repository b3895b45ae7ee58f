import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Backend, Commit } from '../local/backend.ts';
import { keyRange } from '../local/key-order.ts';
import type { Entry, StoreEvent } from '../store.ts';
import { prepareStatements } from './statements.ts';

type Row = Record<string, SQLOutputValue>;

// In SQLite every text is less than every blob: an upper bound that no key reaches.
const AFTER_EVERY_KEY = new Uint8Array(0);
const NO_LIMIT = -1;

/** Keeps everything in one SQLite file; every commit is on the disk when it returns. */
export function createSqliteBackend(database: DatabaseSync): Backend {
  const sql = prepareStatements(database);
  const state = sql.state.get();
  let revision = Number(state?.['revision']);
  let compacted = Number(state?.['compacted']);

  function inTransaction(work: () => void): void {
    sql.begin.run();
    try {
      work();
      sql.commit.run();
    } catch (error) {
      // Some failures (a full disk) have rolled back already.
      if (database.isTransaction) sql.rollback.run();
      throw error;
    }
  }

  function writeEvent(event: StoreEvent): void {
    if (event.previous !== undefined) sql.endCurrent.run(event.revision, event.previous.key);
    if (event.type === 'delete') return;
    const { key, modRevision, createRevision, value, leaseId } = event.entry;
    sql.insert.run(key, modRevision, createRevision, value, leaseId ?? null);
  }

  function write({ revision: next, events, endedLease }: Commit): void {
    for (const event of events) writeEvent(event);
    if (events.length > 0) sql.setRevision.run(next);
    if (endedLease !== undefined) sql.deleteLease.run(endedLease);
  }

  return {
    revision: () => revision,
    compactedRevision: () => compacted,

    get(key) {
      const row = sql.get.get(key);
      return row && toEntry(row);
    },

    list({ start, end }, asOf, limit) {
      const [list, count] = asOf === revision ? [sql.list, sql.count] : [sql.listAsOf, sql.countAsOf];
      const bounds = { start, end: end ?? AFTER_EVERY_KEY, ...(asOf !== revision && { asOf }) };
      const entries = list.all({ ...bounds, limit: limit ?? NO_LIMIT }).map((row) => toEntry(row));
      if (limit === undefined || entries.length < limit) return { entries, remaining: 0 };
      const total = Number(count.get(bounds)?.['total']);
      return { entries, remaining: total - entries.length };
    },

    events(prefix, after, through) {
      const { start, end } = keyRange(prefix);
      return sql.events.all({ start, end: end ?? AFTER_EVERY_KEY, after, through }).map(toEvent);
    },

    commit(commit) {
      inTransaction(() => write(commit));
      if (commit.events.length > 0) revision = commit.revision;
    },

    leases: () =>
      sql.leases.all().map((row) => ({
        id: String(row['id']),
        ttlMs: Number(row['ttl_ms']),
        deadline: Number(row['deadline']),
      })),
    leasedEntries: () => sql.leasedEntries.all().map((row) => toEntry(row)),
    saveLease: ({ id, ttlMs, deadline }) => void sql.saveLease.run(id, ttlMs, deadline),

    compact(to) {
      sql.setCompacted.run(to);
      compacted = to;
    },
    trim: (limit) => Number(sql.trim.run(compacted, limit).changes) >= limit,
    close: () => database.close(),
  };
}

/** @param prefix of the column names, for the second entry of a joined row */
function toEntry(row: Row, prefix: '' | 'previous_' = ''): Entry {
  const leaseId = row[`${prefix}lease_id`];
  return {
    key: String(row['key']),
    value: String(row[`${prefix}value`]),
    createRevision: Number(row[`${prefix}create_revision`]),
    modRevision: Number(row[`${prefix}revision`]),
    ...(typeof leaseId === 'string' && { leaseId }),
  };
}

function toEvent(row: Row): StoreEvent {
  const revision = Number(row['event_revision']);
  const previous = row['previous_revision'] === null ? undefined : toEntry(row, 'previous_');
  if (row['revision'] !== null)
    return { type: 'put', revision, entry: toEntry(row), ...(previous && { previous }) };
  if (previous === undefined) throw new Error('the store holds an event without an entry');
  return { type: 'delete', revision, previous };
}
