import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MODULE = 'github.com/int128/kubelogin@v1.34.0';
const INSTALL_TIMEOUT = 240_000;

/**
 * int128's kubelogin: `KUBELOGIN`, one on the PATH, an earlier build of ours; else `go install`, where there is Go. The
 * only tool that the tests can do without: its absence is said aloud, and its tests say that they are skipped.
 *
 * @returns its path, or '' when it cannot be had
 */
export async function findKubelogin(say: (line: string) => void): Promise<string> {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'sallyport-e2e',
    'kubelogin',
  );
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => [join(folder, 'kubelogin'), join(folder, 'kubectl-oidc_login')]);
  for (const program of [process.env['KUBELOGIN'], ...onPath, join(cache, 'kubelogin')]) {
    if (program && existsSync(program) && (await isInt128s(program))) {
      say(`kubelogin: found ${program}`);
      return program;
    }
  }
  try {
    await run('go', ['install', MODULE], { env: { ...process.env, GOBIN: cache }, timeout: INSTALL_TIMEOUT });
    say(`kubelogin: built ${MODULE} into ${cache}`);
    return join(cache, 'kubelogin');
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    say(`WARNING: no kubelogin, its tests are SKIPPED. Set KUBELOGIN or put it on the PATH. (${why})`);
    return '';
  }
}

/** Azure's tool has the same name. */
async function isInt128s(program: string): Promise<boolean> {
  const help = await run(program, ['get-token', '--help']).catch(() => ({ stdout: '' }));
  return help.stdout.includes('--oidc-issuer-url');
}
