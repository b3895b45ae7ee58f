import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore, StoreOpenError } from '../../src/store/index.ts';

const HOLDER = join(import.meta.dirname, 'fixtures/sqlite-holder.ts');

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('the SQLite store is for one process at a time', { timeout: 30_000 }, async () => {
  const file = join(directory, 'store.db');
  const holder = spawn(process.execPath, [HOLDER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const second = openSqliteStore({ file, busyTimeoutMs: 50 });
  await expect(second).rejects.toThrow(StoreOpenError);
  await expect(second).rejects.toMatchObject({ code: 'SP_STORE_LOCKED' });
  await expect(second).rejects.toThrow(file);
  const gone = once(holder, 'close');
  holder.kill('SIGKILL');
  await gone;
  const store = await openSqliteStore({ file, busyTimeoutMs: 50 });
  expect(await store.revision()).toBe(1);
  await store.close();
});
