import { untilKilled } from '../../../../src/cluster/node/container/main-process.ts';
import { writeSkeleton } from '../../../../src/cluster/node/container/skeleton-files.ts';
import { findProgram } from '../../../../src/cluster/node/programs/find-program.ts';
import { createFileSystem } from '../../../../src/cluster/node/world/file-system.ts';
import type { World } from '../../../../src/cluster/node/world/process.ts';
import { createLineInput, type Output } from '../../../../src/cluster/node/world/process-io.ts';
import { runProgram } from '../../../../src/cluster/node/world/run-program.ts';
import { createStorageBudget } from '../../../../src/cluster/node/world/storage-budget.ts';

export interface RunOptions {
  readonly world?: World;
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly killAfterMs?: number;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A container's surroundings, without the container. @param limit bytes of its files */
export function createWorld(limit = 1_000_000): World {
  const now = () => Date.parse('2026-11-24T12:34:56.789Z');
  const files = createFileSystem(now, createStorageBudget(limit));
  writeSkeleton(files, { name: 'world', namespace: 'default', podIP: '10.244.0.2', caBundle: 'CA' });
  return {
    files,
    hostname: 'world',
    processes: { running: 0 },
    findProgram,
    now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** Runs a simulated program to its end. */
export async function runCommand(
  [name = '', ...args]: readonly string[],
  { world = createWorld(), stdin = '', env = {}, killAfterMs }: RunOptions = {},
): Promise<Ran & { readonly output: Buffer }> {
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const output = (stream: 'stdout' | 'stderr'): Output => ({
    write: async (data) => void printed[stream].push(Buffer.from(data)),
  });
  const pieces = [Buffer.from(stdin)].filter(({ length }) => length > 0);
  const program = findProgram(name);
  if (program === undefined) throw new Error(`no program ${name}`);
  const killed = new AbortController();
  if (killAfterMs !== undefined) setTimeout(() => killed.abort(), killAfterMs);
  const running = runProgram(program, {
    world,
    name,
    args,
    env: new Map(Object.entries(env)),
    cwd: '/',
    stdin: createLineInput({ read: async () => pieces.shift() }),
    stdout: output('stdout'),
    stderr: output('stderr'),
    terminal: undefined,
    signal: killed.signal,
  });
  const code = await untilKilled(running, killed.signal);
  const stdout = Buffer.concat(printed.stdout);
  return Object.defineProperty(
    {
      code,
      stdout: stdout.toString('utf8'),
      stderr: Buffer.concat(printed.stderr).toString('utf8'),
    } as Ran & {
      output: Buffer;
    },
    'output',
    { value: stdout, enumerable: false },
  );
}
