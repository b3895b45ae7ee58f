import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const MODULE = resolve(import.meta.dirname, '../../src/server/let-pool-give-way.ts');

/** In a process of its own: this one's threads are not to be changed. Source of the field: proc_pid_stat(5), the 19th. */
const PROGRAM = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { getPriority } from 'node:os';
  const { letPoolGiveWay } = await import(${JSON.stringify(MODULE)});
  await letPoolGiveWay();
  const threads = readdirSync('/proc/self/task').map((thread) => {
    const [, name, rest] = /\\((.*)\\) (.*)/.exec(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8'));
    return { name, nicer: Number(rest.split(' ')[16]) - getPriority() };
  });
  console.log(JSON.stringify(threads));
`;

describe.runIf(process.platform === 'linux')('the pool that hashes passwords', () => {
  it('gives way to the event loop, and nothing else does', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM]);
    const threads: { name: string; nicer: number }[] = JSON.parse(stdout);
    const pool = threads.filter(({ name }) => name === 'libuv-worker');
    expect(pool).toHaveLength(4);
    expect(new Set(pool.map(({ nicer }) => nicer))).toEqual(new Set([5]));
    expect(new Set(threads.filter((each) => !pool.includes(each)).map(({ nicer }) => nicer))).toEqual(
      new Set([0]),
    );
  });
});
