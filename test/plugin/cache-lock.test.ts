import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock, type LockOptions } from '../../src/plugin/cache-lock.ts';
import { createMachine } from './harness.ts';

function lockPath(): string {
  const { cacheDir } = createMachine();
  mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  return join(cacheDir, 'x.lock');
}

function options(change: Partial<LockOptions> = {}): LockOptions {
  return { now: Date.now, signal: new AbortController().signal, holdMs: 60_000, waitMs: 10_000, ...change };
}

const deadPid = spawnSync(process.execPath, ['-e', '0']).pid;
const lockOf = (pid: number, host = hostname(), until = Date.now() + 60_000): string =>
  JSON.stringify({ pid, host, until });

describe('the cache lock', () => {
  it('has one holder at a time, and the next one after it', async () => {
    const path = lockPath();
    let holders = 0;
    const most: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await acquireLock(path, options());
        most.push(++holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders--;
        if (lock.kind === 'acquired') lock.release();
      }),
    );
    expect(most).toEqual(Array(8).fill(1));
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['a dead process', () => lockOf(deadPid)],
    ['a holder over its time', () => lockOf(process.pid, hostname(), Date.now() - 1)],
    ['another host over its time', () => lockOf(deadPid, 'elsewhere', Date.now() - 1)],
  ])('is broken when it belongs to %s', async (_name, content) => {
    const path = lockPath();
    writeFileSync(path, content());
    expect(await acquireLock(path, options())).toMatchObject({ kind: 'acquired', waited: true });
  });

  it('is broken when it was never written, once that is old enough', async () => {
    const path = lockPath();
    writeFileSync(path, '');
    utimesSync(path, 1, 1);
    expect(await acquireLock(path, options())).toMatchObject({ kind: 'acquired' });
  });

  it.each([
    ['a living process', () => lockOf(process.pid)],
    ['a process on another host', () => lockOf(deadPid, 'elsewhere')],
    ['a process that is about to write it', () => ''],
  ])('is left alone when it belongs to %s', async (_name, content) => {
    const path = lockPath();
    const text = content();
    writeFileSync(path, text);
    await expect(acquireLock(path, options({ waitMs: 50 }))).rejects.toMatchObject({ exitCode: 8 });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is not needed any more when another process has done the work', async () => {
    const path = lockPath();
    writeFileSync(path, lockOf(process.pid));
    let asked = 0;
    expect(await acquireLock(path, options({ settled: () => ++asked === 3 }))).toEqual({ kind: 'settled' });
  });

  it('stops waiting at an interrupt', async () => {
    const path = lockPath();
    writeFileSync(path, lockOf(process.pid));
    await expect(acquireLock(path, options({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      exitCode: 130,
    });
  });

  it('leaves the lock of a successor when a late holder releases', async () => {
    const path = lockPath();
    const lock = await acquireLock(path, options());
    writeFileSync(path, 'successor');
    if (lock.kind === 'acquired') lock.release();
    expect(readFileSync(path, 'utf8')).toBe('successor');
  });
});
