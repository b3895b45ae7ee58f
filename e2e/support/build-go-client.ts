import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUILD_TIMEOUT = 600_000;

/**
 * The program in e2e/go, which is made of client-go as operators are. Go keeps what it has built: only the first time
 * takes minutes.
 *
 * @returns its path, or '' where it cannot be built
 */
export async function buildGoClient(say: (line: string) => void): Promise<string> {
  const program = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'sallyport-e2e',
    'client-go',
  );
  const cwd = join(import.meta.dirname, '../go');
  try {
    await run('go', ['build', '-o', program, '.'], { cwd, timeout: BUILD_TIMEOUT });
    say(`client-go: built ${program}`);
    return program;
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    say(`WARNING: no program on client-go, its tests are SKIPPED. (${why})`);
    return '';
  }
}
