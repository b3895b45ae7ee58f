import { createLocalStore, type LocalStore, type LocalStoreDeps } from '../local/local-store.ts';
import { openDatabase } from './open-database.ts';
import { toOpenError } from './open-failure.ts';
import { createSqliteBackend } from './sqlite-backend.ts';

export interface SqliteStoreDeps extends LocalStoreDeps {
  /** Path of the database file; created when absent. SQLite keeps a `-wal` file beside it. */
  readonly file: string;
  /**
   * `full`: an acknowledged transaction is on the disk. `normal`: it is with the operating system, so that it survives
   * the end of this process, but perhaps not a power cut. Default: `full`.
   */
  readonly synchronous?: 'full' | 'normal';
  /** How long to wait for another process to let go of the file, for example during a restart. Default: 5 s. */
  readonly busyTimeoutMs?: number;
}

/**
 * A durable store in one SQLite file, for one process at a time: what txn has acknowledged survives a crash and,
 * unless asked otherwise, a power cut. Leases whose deadline passed while the store was closed end before it is handed out.
 * @throws StoreOpenError (as a rejection)
 */
export async function openSqliteStore({
  file,
  busyTimeoutMs = 5000,
  synchronous = 'full',
  ...deps
}: SqliteStoreDeps): Promise<LocalStore> {
  const database = openDatabase(file, busyTimeoutMs);
  try {
    const store = createLocalStore(createSqliteBackend(database, { synchronous }), deps);
    await store.expireLeases();
    return store;
  } catch (error) {
    database.close();
    throw toOpenError(error, file);
  }
}
