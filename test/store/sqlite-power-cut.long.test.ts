import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/index.ts';
import { createLocalStore } from '../../src/store/local/local-store.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { createSqliteBackend } from '../../src/store/sqlite/sqlite-backend.ts';

/** What a disk writes at once or not at all. */
const SECTOR = 512;

interface Image {
  readonly database: Buffer;
  readonly log: Buffer;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Until a group to which nothing is added any more is closed. */
async function turns(): Promise<void> {
  for (let count = 0; count < 3; count += 1) await turn();
}

describe('the SQLite store and a power cut', () => {
  let directory = '';
  let cuts = 0;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** A store, and what of its files a power cut would leave: what was forced onto the disk, and of the rest what it likes. */
  function open() {
    const place = join(directory, `${cuts++}`);
    mkdirSync(place);
    const file = join(place, 'store.db');
    const image = (): Image => ({ database: readFileSync(file), log: readFileSync(`${file}-wal`) });
    const database = openDatabase(file, 0);
    database.exec('PRAGMA wal_autocheckpoint = 8');
    let onDisk = image();
    const syncs: PromiseWithResolvers<void>[] = [];
    async function forceToDisk(): Promise<void> {
      const written = image();
      // A checkpoint has just forced the log, and then the file, onto the disk by itself.
      if (!written.database.equals(onDisk.database)) onDisk = written;
      expect(syncs.length).toBe(0);
      const done = Promise.withResolvers<void>();
      syncs.push(done);
      await done.promise;
      onDisk = written;
    }
    const store = createLocalStore(createSqliteBackend(database, { forceToDisk }), {});
    return {
      store,
      /** The disk is done with what it was asked for. */
      async sync() {
        await turns();
        for (const done of syncs.splice(0)) done.resolve();
        await turns();
      },
      /** Opens what is left. @param survives whether a sector that nobody forced onto the disk got there all the same */
      async reopen(survives: (sector: number) => boolean) {
        const now = image();
        const checkpointed = !now.database.equals(onDisk.database);
        const left = checkpointed ? now : { ...onDisk, log: mixed(onDisk.log, now.log, survives) };
        const copy = join(place, `copy-${cuts++}.db`);
        writeFileSync(copy, left.database);
        writeFileSync(`${copy}-wal`, left.log);
        return openSqliteStore({ file: copy });
      },
      async close() {
        const closed = store.close();
        while (syncs.length > 0) await this.sync();
        await this.sync();
        await closed;
      },
    };
  }

  function mixed(forced: Buffer, written: Buffer, survives: (sector: number) => boolean): Buffer {
    const left = Buffer.alloc(written.length);
    forced.copy(left);
    for (let at = 0; at < written.length; at += SECTOR) {
      if (survives(at / SECTOR)) written.copy(left, at, at, at + SECTOR);
    }
    return left;
  }

  it('keeps what it has acknowledged, and nothing by halves, whatever the disk made of the rest', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 9_000 }) }) },
      { weight: 2, arbitrary: fc.constant('sync' as const) },
      { weight: 1, arbitrary: fc.constant('turn' as const) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.infiniteStream(fc.boolean()),
        async (steps, luck) => {
          const disk = open();
          const acknowledged: number[] = [];
          for (const [index, one] of steps.entries()) {
            if (one === 'sync') await disk.sync();
            else if (one === 'turn') await turn();
            else {
              const put = (side: string) =>
                ({ type: 'put', key: `${side}/${index}`, value: side.repeat(one.write) }) as const;
              void disk.store.txn([], [put('a'), put('b')]).then(() => acknowledged.push(index));
            }
          }
          await turns();
          const told = [...acknowledged];
          const left = await disk.reopen(() => luck.next().value);
          const [a, b] = [await left.list('a/'), await left.list('b/')];
          const names = a.entries.map(({ key }) => Number(key.slice(2)));
          expect(b.entries.map(({ key }) => Number(key.slice(2)))).toEqual(names);
          expect(told.filter((index) => !names.includes(index))).toEqual([]);
          expect(a.entries.every(({ value }, at) => value.length === b.entries[at]?.value.length)).toBe(true);
          await left.close();
          await disk.close();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('trims nothing for a compaction that did not get onto the disk', async () => {
    const file = join(directory, 'compacted.db');
    let failing = false;
    const forceToDisk = async () => {
      if (failing) throw new Error('I/O error');
    };
    const store = createLocalStore(createSqliteBackend(openDatabase(file, 0), { forceToDisk }), {});
    for (const value of ['one', 'two', 'three']) await store.txn([], [{ type: 'put', key: 'a', value }]);
    failing = true;
    await expect(store.compact(2)).rejects.toThrow('must be started anew');
    await expect(store.compact(2)).rejects.toThrow('must be started anew');
    expect((await store.list('a', { revision: 1 })).entries.map(({ value }) => value)).toEqual(['one']);
    await store.close();
  });
});
