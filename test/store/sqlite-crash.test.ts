import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore, StoreOpenError } from '../../src/store/index.ts';

const WRITER = join(import.meta.dirname, 'fixtures/sqlite-writer.ts');

describe('the SQLite store and other processes', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Starts a process that writes, and resolves once it has acknowledged a few transactions. */
  async function startWriter(file: string, acknowledgements: number, synchronous = 'full') {
    const child = spawn(process.execPath, [WRITER, file, synchronous], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    await expect.poll(() => output.split('\n').length, { timeout: 10_000 }).toBeGreaterThan(acknowledgements);
    return {
      async kill(): Promise<number[]> {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
        return output.split('\n').slice(0, -1).map(Number);
      },
    };
  }

  it('keeps everything acknowledged, and nothing by halves, when its process is killed', {
    timeout: 30_000,
  }, async () => {
    const file = join(directory, 'store.db');
    for (const round of [1, 2, 3]) {
      const writer = await startWriter(file, 100 * round, round === 2 ? 'normal' : 'full');
      const acknowledged = await writer.kill();
      const store = await openSqliteStore({ file });
      const left = await store.list('left/');
      const right = await store.list('right/');
      expect(left.revision).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? Number.NaN);
      expect(right.entries.map(({ modRevision }) => modRevision)).toEqual(
        left.entries.map(({ modRevision }) => modRevision),
      );
      const kept = new Set(left.entries.map((entry) => entry.modRevision));
      expect(acknowledged.filter((revision) => !kept.has(revision))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThanOrEqual(100 * round);
      // The next round writes the same keys: without them every acknowledged revision is again one key's last.
      const names = [...left.entries, ...right.entries].map(({ key }) => ({ type: 'delete' as const, key }));
      await store.txn([], names);
      await store.close();
    }
  });

  it('is for one process at a time', { timeout: 30_000 }, async () => {
    const file = join(directory, 'store.db');
    const writer = await startWriter(file, 1);
    const second = openSqliteStore({ file, busyTimeoutMs: 50 });
    await expect(second).rejects.toThrow(StoreOpenError);
    await expect(second).rejects.toMatchObject({ code: 'SP_STORE_LOCKED' });
    await expect(second).rejects.toThrow(file);
    await writer.kill();
    const store = await openSqliteStore({ file, busyTimeoutMs: 50 });
    expect(await store.revision()).toBeGreaterThan(0);
    await store.close();
  });
});
