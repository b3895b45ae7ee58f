import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { collect } from '../e2e/support/collect.ts';

const ROOT = resolve(import.meta.dirname, '..');

export interface StartedProgram {
  readonly pid: number;
  /** Milliseconds until it said that it was ready. */
  readonly startMs: number;
  /** Ends it; resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ProgramPlace {
  readonly directory: string;
  /** What comes before the command: on which cores it runs. */
  readonly cores: readonly string[];
}

/**
 * Starts a program of this repository; resolves when it says that it is ready.
 * @param args its path, absolute or in the repository, and what follows
 */
export async function startProgram(
  { directory, cores }: ProgramPlace,
  [program = '', ...args]: readonly string[],
): Promise<StartedProgram> {
  const [command = '', ...rest] = [...cores, process.execPath, resolve(ROOT, program), ...args];
  const before = performance.now();
  const child = spawn(command, rest, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  await collect(child).until(/Sallyport is ready/);
  const exited = new Promise<void>((done) => void child.once('exit', () => done()));
  return {
    pid: child.pid ?? 0,
    startMs: performance.now() - before,
    async stop(signal = 'SIGKILL') {
      child.kill(signal);
      await exited;
    },
  };
}
