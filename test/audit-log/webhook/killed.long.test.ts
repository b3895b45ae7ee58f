import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { unpackEvents } from '../../../src/audit-log/webhook/pack-events.ts';
import { openSqliteStore, openWorkQueue } from '../../../src/store/index.ts';

const PROCESS = join(import.meta.dirname, 'fixtures/recording-process.ts');

it('a process that is killed has lost no event that a request or the end of its answer has waited for', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'store.db');
  const child = spawn(process.execPath, [PROCESS, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.split('\n').length > 200) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const store = await openSqliteStore({ file });
  const queue = await openWorkQueue(store, { prefix: 'q/', now: Date.now, onError: () => {} });
  const { items } = await queue.claim(10_000, 1000);
  const kept = items
    .flatMap(({ value }) => unpackEvents(value))
    .map((line) => (JSON.parse(line) as { n: number }).n);
  const last = Number(told.split('\n').at(-2));
  expect(last).toBeGreaterThanOrEqual(199);
  expect(kept.slice(0, last + 1)).toEqual(Array.from({ length: last + 1 }, (_, n) => n));
  queue.close();
  await store.close();
});
