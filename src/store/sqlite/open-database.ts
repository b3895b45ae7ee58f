import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from '../store-open-error.ts';
import { toOpenError } from './open-failure.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/**
 * From here on the backend forces commits onto the disk itself, many at a time; checkpoints still wait for it. They come when
 * the log has 32 MiB: a page that is written often is copied once, and requests seldom wait. 4 MiB of pages are kept.
 */
const TUNING =
  'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -4000; PRAGMA journal_size_limit = 33554432';

/**
 * Opens or creates the database file and takes it for this process alone.
 * @param busyTimeoutMs how long to wait for another process to let go of the file
 * @throws StoreOpenError
 */
export function openDatabase(file: string, busyTimeoutMs: number): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // The file holds keys and grants: only its owner may read it. SQLite gives its WAL the same mode.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    // What is removed is overwritten, and not only forgotten: it may have been a grant, a hash or a key.
    database.exec('PRAGMA secure_delete = ON');
    // Exclusive before WAL: no shared memory file, and the first access locks everybody else out until close.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(database, file);
    requireState(database, file);
    database.exec(TUNING);
    return database;
  } catch (error) {
    database?.close();
    throw toOpenError(error, file);
  }
}

function migrate(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  const version = readPragma(database, 'user_version');
  requireOurs(database, file, version);
  for (const step of MIGRATIONS.slice(version)) database.exec(step);
  database.exec(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`,
  );
}

function requireOurs(database: DatabaseSync, file: string, version: number): void {
  const application = readPragma(database, 'application_id');
  const isNew =
    application === 0 && version === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isNew && application !== APPLICATION_ID) {
    throw new StoreOpenError('SP_STORE_FOREIGN', file, 'it belongs to another program', 'name another file');
  }
  if (version > MIGRATIONS.length) {
    throw new StoreOpenError(
      'SP_STORE_NEWER_SCHEMA',
      file,
      `a newer release has written it (schema ${version}, this release knows up to ${MIGRATIONS.length})`,
      'run that release, or restore the backup from before the upgrade',
    );
  }
}

/** Without its revision the store would count from nowhere. */
function requireState(database: DatabaseSync, file: string): void {
  if (database.prepare('SELECT 1 FROM state').get() !== undefined) return;
  throw new StoreOpenError('SP_STORE_CORRUPT', file, 'it has lost its revision', 'restore it from a backup');
}

function readPragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
