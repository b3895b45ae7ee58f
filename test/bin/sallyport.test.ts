import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../../bin/sallyport.js');

let caches: string;
beforeEach(() => {
  caches = mkdtempSync(join(tmpdir(), 'sallyport-launcher-'));
});
afterEach(() => rmSync(caches, { recursive: true, force: true }));

function version(env: NodeJS.ProcessEnv): string {
  const { NODE_COMPILE_CACHE: _, ...inherited } = process.env;
  return execFileSync(process.execPath, [LAUNCHER, 'version'], {
    env: { ...inherited, ...env },
    encoding: 'utf8',
  });
}

test('compiled code is kept in a folder that only its owner can write to', () => {
  expect(version({ XDG_CACHE_HOME: caches })).toMatch(/^sallyport \d/);
  const folder = join(caches, 'sallyport');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).not.toEqual([]);
});

test('a folder that others can write to is not used: what it holds would be run', () => {
  const folder = join(caches, 'sallyport');
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  expect(version({ XDG_CACHE_HOME: caches })).toMatch(/^sallyport \d/);
  expect(readdirSync(folder)).toEqual([]);
});

test('without a place for it everything works', () => {
  expect(version({ XDG_CACHE_HOME: join(LAUNCHER, 'nowhere') })).toMatch(/^sallyport \d/);
});
