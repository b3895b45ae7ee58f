import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore, StoreOpenError } from '../../src/store/index.ts';
import { createLocalStore } from '../../src/store/local/local-store.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { toOpenError } from '../../src/store/sqlite/open-failure.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/store/sqlite/schema.ts';
import { createSqliteBackend } from '../../src/store/sqlite/sqlite-backend.ts';

describe('opening the SQLite store', () => {
  let directory = '';
  let file = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'store-'));
    file = join(directory, 'store.db');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const open = () => openSqliteStore({ file, busyTimeoutMs: 20 });

  async function withStore(alter: (database: DatabaseSync) => void): Promise<void> {
    const store = await open();
    await store.txn([], [{ type: 'put', key: 'a', value: 'x'.repeat(20_000) }]);
    await store.close();
    const database = new DatabaseSync(file);
    alter(database);
    database.close();
  }

  it.each(MIGRATIONS.keys().drop(1).toArray())(
    'goes on with what a release with schema %i has written, history included',
    async (schema) => {
      const old = new DatabaseSync(file);
      for (const step of MIGRATIONS.slice(0, schema)) old.exec(step);
      old.exec(`
        INSERT INTO version (key, revision, create_revision, value, ended) VALUES ('a', 1, 1, 'old', 2), ('a', 2, 1, 'new', NULL);
        UPDATE state SET revision = 2;
        PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schema}`);
      old.close();
      const store = await open();
      expect((await store.get('a'))?.value).toBe('new');
      const { entries } = await store.list('a', { revision: 1 });
      expect(entries.map(({ value }) => value)).toEqual(['old']);
      await store.close();
      const indexes = (database: DatabaseSync) =>
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1").all();
      const fresh = openDatabase(join(directory, 'fresh.db'), 0);
      const brought = openDatabase(file, 0);
      expect(indexes(brought)).toEqual(indexes(fresh));
      for (const database of [fresh, brought]) database.close();
    },
  );

  it.each<[string, string, string, () => void | Promise<void>]>([
    [
      'no directory',
      'SP_STORE_NO_DIRECTORY',
      'create the directory',
      () => rmSync(directory, { recursive: true }),
    ],
    ['a directory', 'SP_STORE_OPEN_FAILED', 'name a file', () => mkdirSync(file)],
    [
      'no database',
      'SP_STORE_CORRUPT',
      'restore it from a backup',
      () => writeFileSync(file, 'no database '.repeat(500)),
    ],
    [
      'a truncated file',
      'SP_STORE_CORRUPT',
      'restore it',
      () => withStore(() => undefined).then(() => truncateSync(file, 5000)),
    ],
    [
      'another program’s file',
      'SP_STORE_FOREIGN',
      'name another file',
      () => new DatabaseSync(file).exec('CREATE TABLE t (a)'),
    ],
    [
      'another program’s marked file',
      'SP_STORE_FOREIGN',
      'name another file',
      () =>
        new DatabaseSync(file).exec(
          'PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE version (a)',
        ),
    ],
    [
      'a newer release’s file',
      'SP_STORE_NEWER_SCHEMA',
      'run that release',
      () => withStore((database) => database.exec('PRAGMA user_version = 99')),
    ],
    [
      'a file without its state',
      'SP_STORE_CORRUPT',
      'restore it',
      () => withStore((database) => database.exec('DELETE FROM state')),
    ],
    [
      'a file without its tables',
      'SP_STORE_OPEN_FAILED',
      'cause',
      () => withStore((database) => database.exec('DROP TABLE lease')),
    ],
  ])('%s is an error that names the file and the remedy', async (_name, code, remedy, prepare) => {
    await prepare();
    const opening = open();
    await expect(opening).rejects.toThrow(StoreOpenError);
    await expect(opening).rejects.toMatchObject({ code });
    await expect(opening).rejects.toThrow(file);
    await expect(opening).rejects.toThrow(remedy);
  });

  it.each([
    ['EACCES', 'SP_STORE_PERMISSION'],
    ['EROFS', 'SP_STORE_PERMISSION'],
    ['ENOSPC', 'SP_STORE_DISK'],
    ['EMFILE', 'SP_STORE_OPEN_FAILED'],
  ])('the file system’s %s becomes %s', (code, expected) => {
    const failure = Object.assign(new Error(code), { code });
    expect(toOpenError(failure, file)).toMatchObject({ code: expected, cause: failure });
  });

  it.each([
    [8, 'SP_STORE_PERMISSION'],
    [8 + 256 * 6, 'SP_STORE_PERMISSION'],
    [10 + 256 * 3, 'SP_STORE_DISK'],
    [13, 'SP_STORE_DISK'],
    [11, 'SP_STORE_CORRUPT'],
    [1, 'SP_STORE_OPEN_FAILED'],
  ])('SQLite’s result code %i becomes %s', (errcode, expected) => {
    const failure = Object.assign(new Error('sqlite'), { code: 'ERR_SQLITE_ERROR', errcode });
    expect(toOpenError(failure, file)).toMatchObject({ code: expected });
  });

  it('leaves a file alone that is not its own', async () => {
    new DatabaseSync(file).exec('CREATE TABLE t (a)');
    const before = readFileSync(file);
    await expect(open()).rejects.toThrow(StoreOpenError);
    const database = new DatabaseSync(file);
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toMatchObject([{ name: 't' }]);
    database.close();
    expect(readFileSync(file).length).toBe(before.length);
  });

  it('makes a new file that only its owner can read', async () => {
    const store = await open();
    await store.txn([], [{ type: 'put', key: 'secret', value: '' }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('keeps the mode of a file that is there', async () => {
    writeFileSync(file, '');
    chmodSync(file, 0o640);
    await (await open()).close();
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('overwrites what was removed, once its history is forgotten', async () => {
    const store = await open();
    const secrets = Array.from({ length: 50 }, (_, index) => `secret-${index}-${'x'.repeat(900)}`);
    for (const [index, value] of secrets.entries())
      await store.txn([], [{ type: 'put', key: `a/${index}`, value }]);
    await store.txn([], [{ type: 'put', key: 'b', value: 'kept' }]);
    await store.txn(
      [],
      secrets.map((_, index) => ({ type: 'delete', key: `a/${index}` }) as const),
    );
    await store.compact(await store.revision());
    await store.close();
    const text = readFileSync(file, 'latin1');
    expect(text).toContain('kept');
    expect(text).not.toContain('secret-');
  });

  it('keeps nothing of a transaction that the disk has no room for, and goes on', async () => {
    const database = openDatabase(file, 20);
    const store = createLocalStore(createSqliteBackend(database), {});
    const calls: number[] = [];
    store.watch('', 0, {
      onEvents: (_events, revision) => calls.push(revision),
      onError: () => calls.push(-1),
    });
    await store.txn([], [{ type: 'put', key: 'a', value: '1' }]);
    database.exec('PRAGMA max_page_count = 20');
    const tooMuch = store.txn(
      [],
      [
        { type: 'put', key: 'a', value: '2' },
        { type: 'put', key: 'b', value: 'x'.repeat(200_000) },
      ],
    );
    await expect(tooMuch).rejects.toThrow('full');
    expect((await store.list('')).entries).toEqual([
      { key: 'a', value: '1', createRevision: 1, modRevision: 1 },
    ]);
    expect(await store.txn([{ key: 'a', modRevision: 1 }], [{ type: 'put', key: 'a', value: '3' }])).toEqual({
      committed: true,
      revision: 2,
    });
    expect(calls).toEqual([1, 2]);
    await store.close();
  });

  it('keeps nothing of a transaction that fails halfway, and goes on', async () => {
    const database = openDatabase(file, 20);
    const store = createLocalStore(createSqliteBackend(database), {});
    // RAISE(ABORT) undoes the statement and leaves the transaction open, unlike a full disk.
    database.exec(`CREATE TEMP TRIGGER refuse BEFORE INSERT ON version WHEN NEW.key = 'b'
      BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    const put = (key: string) => ({ type: 'put' as const, key, value: '' });
    await expect(store.txn([], [put('a'), put('b')])).rejects.toThrow('refused');
    expect(await store.list('')).toEqual({ entries: [], revision: 0, remaining: 0 });
    expect(await store.txn([], [put('c')])).toEqual({ committed: true, revision: 1 });
    await store.close();
    const reopened = await open();
    expect((await reopened.list('')).entries.map((entry) => entry.key)).toEqual(['c']);
    await reopened.close();
  });

  it('keeps the others of a turn in which one fails', async () => {
    const database = openDatabase(file, 20);
    const store = createLocalStore(createSqliteBackend(database), {});
    database.exec(`CREATE TEMP TRIGGER refuse BEFORE INSERT ON version WHEN NEW.key = 'b'
      BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    const put = (key: string) => store.txn([], [{ type: 'put', key, value: '' }]);
    const [first, second, third] = await Promise.allSettled([put('a'), put('b'), put('c')]);
    expect([first, second.status, third]).toEqual([
      { status: 'fulfilled', value: { committed: true, revision: 1 } },
      'rejected',
      { status: 'fulfilled', value: { committed: true, revision: 2 } },
    ]);
    await store.close();
    const reopened = await open();
    expect((await reopened.list('')).entries.map((entry) => entry.key)).toEqual(['a', 'c']);
    await reopened.close();
  });

  it('shows nobody what may still be lost: not readers, not watches', async () => {
    const database = openDatabase(file, 20);
    const backend = createSqliteBackend(database);
    const store = createLocalStore(backend, {});
    await store.txn([], [{ type: 'put', key: 'a', value: 'kept' }]);
    const seen: string[] = [];
    const onEvents = () => void seen.push(database.isTransaction ? 'too early' : 'event');
    store.watch('', 1, { onEvents, onError: () => void seen.push('error') });
    const written = store.txn([], [{ type: 'put', key: 'a', value: 'new' }]).then(() => seen.push('answer'));
    expect(backend.get('a')?.value).toBe('new');
    expect(backend.getKept('a')?.value).toBe('kept');
    expect(backend.list({ start: 'a', end: 'b' }, backend.keptRevision(), undefined).entries).toMatchObject([
      { value: 'kept' },
    ]);
    expect((await store.get('a'))?.value).toBe('new');
    await written;
    expect(seen).toEqual(['event', 'answer']);
    await store.close();
  });
});
