import { closeSync, fdatasync, openSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { promisify } from 'node:util';
import { type KeyRange, keyRange } from '../key-order.ts';
import type { Backend, Commit } from '../local/backend.ts';
import type { Entry, StoreEvent } from '../store.ts';
import { eventKey } from '../watch-hub.ts';
import { createGroupCommit } from './group-commit.ts';
import { createRecentEntries } from './recent-entries.ts';
import { prepareStatements } from './statements.ts';

type Row = Record<string, SQLOutputValue>;

const onAnotherThread = promisify(fdatasync);

// In SQLite every text is less than every blob: an upper bound that no key reaches.
const AFTER_EVERY_KEY = new Uint8Array(0);
const NO_LIMIT = -1;

export interface SqliteBackendDeps {
  /** `normal`: kept when the operating system has it. Default: full. */
  readonly synchronous?: 'full' | 'normal';
  /** Forces onto the disk what a file holds. Default: fdatasync, on another thread. */
  readonly forceToDisk?: (file: number) => Promise<void>;
}

/**
 * Keeps everything in one SQLite file. SQLite itself does not wait for the disk (`synchronous=NORMAL`): a group of commits is
 * kept when the file that it was appended to has been forced onto the disk.
 * @param database with a write-ahead log
 */
export function createSqliteBackend(
  database: DatabaseSync,
  { synchronous = 'full', forceToDisk = onAnotherThread }: SqliteBackendDeps = {},
): Backend {
  const sql = prepareStatements(database);
  const log = openSync(`${database.location()}-wal`, 'r+');
  const group = createGroupCommit({
    begin: () => void sql.begin.run(),
    commit() {
      sql.setRevision.run(revision);
      sql.commit.run();
    },
    // Some failures (a full disk) have rolled back already.
    rollback: () => void (database.isTransaction && sql.rollback.run()),
    sync: async () => (synchronous === 'full' ? forceToDisk(log) : undefined),
  });
  const state = sql.state.get();
  let revision = Number(state?.['revision']);
  let keptRevision = revision;
  let compacted = Number(state?.['compacted']);
  /** The revision that last wrote a key, of those that are not kept yet. */
  const unkept = new Map<string, number>();
  const recent = createRecentEntries();

  function keep({ revision: done, events }: Commit): void {
    if (events.length > 0) keptRevision = done;
    for (const event of events) if (unkept.get(eventKey(event)) === done) unkept.delete(eventKey(event));
  }

  function lose(error: unknown): never {
    recent.clear();
    // Broken, the file may still show what is not on the disk: it stays out of sight.
    if (!group.isBroken()) {
      revision = keptRevision;
      unkept.clear();
    }
    throw error;
  }

  function writeEvent(event: StoreEvent): void {
    if (event.previous !== undefined) sql.endCurrent.run(event.revision, event.previous.key);
    if (event.type === 'delete') return;
    const { key, modRevision, createRevision, value, leaseId } = event.entry;
    sql.insert.run(key, modRevision, createRevision, value, leaseId ?? null);
  }

  function write({ events, endedLease }: Commit): void {
    for (const event of events) writeEvent(event);
    if (endedLease !== undefined) sql.deleteLease.run(endedLease);
  }

  function get(key: string): Entry | undefined {
    const known = recent.get(key);
    if (known !== undefined) return known ?? undefined;
    const row = sql.get.get(key);
    const entry = row && toEntry(row);
    recent.set(key, entry ?? null);
    return entry;
  }

  function follow({ events, revision: done }: Commit): void {
    for (const event of events) {
      unkept.set(eventKey(event), done);
      recent.set(eventKey(event), event.type === 'put' ? event.entry : null);
    }
    if (events.length > 0) revision = done;
  }

  function list({ start, end }: KeyRange, asOf: number, limit: number | undefined, counted = true) {
    const [list, count] = asOf === revision ? [sql.list, sql.count] : [sql.listAsOf, sql.countAsOf];
    const bounds = { start, end: end ?? AFTER_EVERY_KEY, ...(asOf !== revision && { asOf }) };
    const entries = list.all({ ...bounds, limit: limit ?? NO_LIMIT }).map((row) => toEntry(row));
    // Counting reads them all.
    if (!counted || limit === undefined || entries.length < limit) return { entries, remaining: 0 };
    const total = Number(count.get(bounds)?.['total']);
    return { entries, remaining: total - entries.length };
  }

  return {
    revision: () => revision,
    keptRevision: () => keptRevision,
    compactedRevision: () => compacted,
    get,
    getKept: (key) =>
      unkept.has(key) ? list({ start: key, end: `${key}\0` }, keptRevision, undefined).entries[0] : get(key),
    list,

    events(prefix, after, through) {
      const { start, end } = keyRange(prefix);
      return sql.events.all({ start, end: end ?? AFTER_EVERY_KEY, after, through }).map(toEvent);
    },

    commit(commit) {
      const kept = group.add(() => write(commit));
      follow(commit);
      return kept.then(() => keep(commit), lose);
    },
    settled: (prefix) => (unkept.keys().some((key) => key.startsWith(prefix)) ? group.settled() : undefined),
    settledKey: (key) => (unkept.has(key) ? group.settled() : undefined),

    leases: () =>
      sql.leases.all().map((row) => ({
        id: String(row['id']),
        ttlMs: Number(row['ttl_ms']),
        deadline: Number(row['deadline']),
      })),
    leasedEntries: () => sql.leasedEntries.all().map((row) => toEntry(row)),
    saveLease: ({ id, ttlMs, deadline }) => group.add(() => void sql.saveLease.run(id, ttlMs, deadline)),

    compact(to) {
      // Not before it is kept: what is trimmed for a compaction that was lost would be missing after the next start.
      return group
        .add(() => void sql.setCompacted.run(to))
        .then(() => {
          compacted = Math.max(compacted, to);
        });
    },
    trim: (limit) => Number(sql.trim.run(compacted, limit).changes) >= limit,
    async close() {
      await group.settled()?.catch(() => {});
      database.close();
      closeSync(log);
    },
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
