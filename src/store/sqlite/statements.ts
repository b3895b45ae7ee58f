import type { DatabaseSync } from 'node:sqlite';

const ENTRY = 'key, value, create_revision, revision, lease_id';
const IN_RANGE = 'key >= :start AND key < :end';

// What was true as of a revision is either still current, found by its key, or among those that have ended since.
const AS_OF = `
  SELECT ${ENTRY} FROM version WHERE ended IS NULL AND ${IN_RANGE} AND revision <= :asOf
  UNION ALL
  SELECT ${ENTRY} FROM version WHERE ended IS NOT NULL AND ${IN_RANGE} AND revision <= :asOf AND ended > :asOf`;

// A version that begins is a put; one that ends where none begins is a delete.
const EVENTS = `
  SELECT v.revision AS event_revision, v.key, v.value, v.create_revision, v.revision, v.lease_id,
    p.value AS previous_value, p.create_revision AS previous_create_revision,
    p.revision AS previous_revision, p.lease_id AS previous_lease_id
  FROM version v LEFT JOIN version p ON p.ended IS NOT NULL AND p.key = v.key AND p.ended = v.revision
  WHERE v.revision > :after AND v.revision <= :through AND v.key >= :start AND v.key < :end
  UNION ALL
  SELECT p.ended, p.key, NULL, NULL, NULL, NULL, p.value, p.create_revision, p.revision, p.lease_id
  FROM version p
  WHERE p.ended > :after AND p.ended <= :through AND p.key >= :start AND p.key < :end
    AND NOT EXISTS (SELECT 1 FROM version v WHERE v.revision = p.ended AND v.key = p.key)
  ORDER BY event_revision, 2`;

const TRIM = 'DELETE FROM version WHERE id IN (SELECT id FROM version WHERE ended <= ? LIMIT ?)';

const SAVE_LEASE = `
  INSERT INTO lease (id, ttl_ms, deadline) VALUES (?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET ttl_ms = excluded.ttl_ms, deadline = excluded.deadline`;

/** All statements of the store, prepared once. */
export function prepareStatements(database: DatabaseSync) {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),

    state: database.prepare('SELECT revision, compacted FROM state'),
    setRevision: database.prepare('UPDATE state SET revision = ?'),
    setCompacted: database.prepare('UPDATE state SET compacted = ?'),
    trim: database.prepare(TRIM),

    get: database.prepare(`SELECT ${ENTRY} FROM version WHERE ended IS NULL AND key = ?`),
    list: database.prepare(
      `SELECT ${ENTRY} FROM version WHERE ended IS NULL AND ${IN_RANGE} ORDER BY key LIMIT :limit`,
    ),
    count: database.prepare(`SELECT count(*) AS total FROM version WHERE ended IS NULL AND ${IN_RANGE}`),
    listAsOf: database.prepare(`${AS_OF} ORDER BY key LIMIT :limit`),
    countAsOf: database.prepare(`SELECT count(*) AS total FROM (${AS_OF})`),
    events: database.prepare(EVENTS),

    endCurrent: database.prepare('UPDATE version SET ended = ? WHERE ended IS NULL AND key = ?'),
    insert: database.prepare(
      'INSERT INTO version (key, revision, create_revision, value, lease_id) VALUES (?, ?, ?, ?, ?)',
    ),

    leases: database.prepare('SELECT id, ttl_ms, deadline FROM lease'),
    leasedEntries: database.prepare(
      `SELECT ${ENTRY} FROM version WHERE ended IS NULL AND lease_id IS NOT NULL`,
    ),
    saveLease: database.prepare(SAVE_LEASE),
    deleteLease: database.prepare('DELETE FROM lease WHERE id = ?'),
  };
}
