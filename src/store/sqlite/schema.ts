/** Marks the file as ours ("SALY"), so that another program's database is never taken over. */
export const APPLICATION_ID = 0x53414c59;

/**
 * Step n brings a file of schema version n to n + 1; the version is kept in PRAGMA user_version. Only ever append.
 *
 * One row is one version of a key, true from `revision` until, not including, `ended` (NULL: it is the current one).
 * A delete ends a row and adds none. State as of r: revision <= r < ended. Forgetting up to r: ended <= r.
 * Text keys compare by their UTF-8 bytes (BINARY collation on a UTF-8 database).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE version (
    id              INTEGER PRIMARY KEY,
    key             TEXT    NOT NULL COLLATE BINARY,
    revision        INTEGER NOT NULL,
    create_revision INTEGER NOT NULL,
    value           TEXT    NOT NULL,
    lease_id        TEXT,
    ended           INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX version_current ON version (key) WHERE ended IS NULL;
  CREATE UNIQUE INDEX version_past ON version (key, ended) WHERE ended IS NOT NULL;
  CREATE UNIQUE INDEX version_begin ON version (revision, key);
  CREATE INDEX version_end ON version (ended) WHERE ended IS NOT NULL;
  CREATE INDEX version_leased ON version (lease_id) WHERE ended IS NULL AND lease_id IS NOT NULL;

  CREATE TABLE lease (
    id       TEXT    PRIMARY KEY,
    ttl_ms   INTEGER NOT NULL,
    deadline INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE state (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    revision  INTEGER NOT NULL,
    compacted INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state (id, revision, compacted) VALUES (1, 0, 0);
  `,
  // What a revision wrote is found by the revision alone; with the keys this index was as large as all the others.
  `
  DROP INDEX version_begin;
  CREATE INDEX version_begin ON version (revision);
  `,
  // What was is asked for as of a moment ago: the few versions that ended since are found by version_end. Keys at random made
  // every replacement write one page more.
  'DROP INDEX version_past;',
];
