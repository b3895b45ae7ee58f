import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Store } from '../src/store/index.ts';
import { record } from '../test/contract/store/store-under-test.ts';
import { type Etcd, startEtcd } from './support/etcd.ts';
import { openStore, type StorePlace } from './support/store-place.ts';

const WRITER = join(import.meta.dirname, 'support/store-writer.ts');
const KILLS = 6;
/** A writer is killed some time after so many acknowledgements. */
const someAcknowledgements = () => 20 + Math.floor(Math.random() * 200);

interface Writer {
  /** The revision of each acknowledged pair, by its id. */
  acknowledged(): ReadonlyMap<string, number>;
  /** Resolves when there are so many more. */
  more(count: number): Promise<void>;
  kill(): Promise<void>;
}

function startWriter(place: StorePlace): Writer {
  const child = spawn(process.execPath, [WRITER, JSON.stringify(place)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const lines = () => output.split('\n').slice(0, -1);
  return {
    acknowledged: () =>
      new Map(lines().map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])] as const)),
    async more(count) {
      const enough = lines().length + count;
      while (lines().length < enough) await once(child.stdout, 'data');
    },
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Everything acknowledged is there as it was acknowledged, nothing by halves, and the history tells the same. */
async function expectWhole(store: Store, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const [left, right] = [await store.list('left/'), await store.list('right/')];
  const sides = [left, right].map(
    ({ entries }) =>
      new Map(entries.map(({ key, modRevision }) => [key.slice(key.indexOf('/') + 1), modRevision])),
  );
  expect(sides[0]).toEqual(sides[1]);
  const lost = [...acknowledged].filter(([id, revision]) => sides[0]?.get(id) !== revision);
  expect(lost).toEqual([]);
  const revisions = [...(sides[0]?.values() ?? [])];
  expect(new Set(revisions).size).toBe(revisions.length);
  expect(left.revision).toBeGreaterThanOrEqual(Math.max(...revisions));
  const history = record(store, 'left/', 0);
  const inOrder = revisions.toSorted((a, b) => a - b);
  await expect
    .poll(() => history.events.map(({ revision }) => revision), { timeout: 10_000 })
    .toEqual(inOrder);
  history.close();
}

describe('R-038 R-039 a process that is killed while it writes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'killed-'));
  const file = join(directory, 'store.db');
  let etcd: Etcd;
  beforeAll(async () => {
    etcd = await startEtcd(inject('etcd'));
  });
  afterAll(async () => {
    await etcd?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function killAgainAndAgain(place: () => StorePlace, check: () => void = () => {}): Promise<void> {
    const acknowledged = new Map<string, number>();
    let last = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const writer = startWriter(place());
      await writer.more(someAcknowledgements());
      await writer.kill();
      for (const [id, revision] of writer.acknowledged()) {
        // None is given twice, nor an older one after a kill.
        expect(revision).toBeGreaterThan(last);
        acknowledged.set(id, revision);
      }
      check();
      const store = await openStore(place());
      await expectWhole(store, acknowledged);
      last = await store.revision();
      await store.close();
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS * 20);
  }

  it('loses nothing on SQLite, and the file stays whole (R-047)', async () => {
    let round = 0;
    await killAgainAndAgain(
      () => ({ type: 'sqlite', file, synchronous: round % 2 === 0 ? 'full' : 'normal' }),
      () => {
        round += 1;
        const database = new DatabaseSync(file);
        expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
        database.close();
      },
    );
  });

  it('loses nothing on etcd', async () => {
    await killAgainAndAgain(() => ({ type: 'etcd', endpoints: etcd.endpoints }));
  });

  it('loses nothing when it is etcd that is killed, and goes on by itself', async () => {
    const place: StorePlace = { type: 'etcd', endpoints: etcd.endpoints };
    const writer = startWriter(place);
    for (let round = 0; round < KILLS / 2; round += 1) {
      await writer.more(someAcknowledgements());
      await etcd.kill();
      await etcd.restart();
    }
    await writer.more(1);
    await writer.kill();
    const store = await openStore(place);
    await expectWhole(store, writer.acknowledged());
    await store.close();
  });
});
