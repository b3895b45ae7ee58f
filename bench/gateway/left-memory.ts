import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a process is started with that can be asked what it has kept. @param directory for a file of its own */
export function tellingMemory(directory: string) {
  const file = join(directory, 'memory');
  return {
    env: {
      ...process.env,
      NODE_OPTIONS: `--expose-gc --import ${join(import.meta.dirname, 'tell-memory.ts')}`,
      MEMORY_FILE: file,
    },
    /** MiB that are left when all garbage has been collected: on V8's heap, and what hangs on it. */
    async leftMiB(pid: number): Promise<number> {
      rmSync(file, { force: true });
      process.kill(pid, 'SIGUSR2');
      while (!existsSync(file)) await new Promise(setImmediate);
      return Number(readFileSync(file, 'utf8')) / 1024 / 1024;
    },
  };
}
