import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCredentialCache } from '../../src/plugin/credential-cache.ts';
import { median } from '../median.ts';
import { product } from '../product.ts';

const ISSUER = 'https://sso.example.com';
const ROUNDS = 21;

/** What kubectl waits for at each of its calls, beside a Node.js that does nothing. Milliseconds of wall time. */
export interface CachedToken {
  readonly plugin: number;
  readonly node: number;
}

/** Round by round in turn, so that a busy moment meets both; the first of each fills the caches. */
export function measureCachedToken(): CachedToken {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const info = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false },
  };
  const env = { PATH: process.env['PATH'], HOME: home, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const program = join(product(), 'bin/kubectl-sallyport');
  try {
    const key = { issuer: ISSUER, clientId: 'kubectl' };
    const expiresAt = Math.floor(Date.now() / 1000) + 3_600;
    openCredentialCache({ env, homeDir: home }, key).write({
      ...key,
      idToken: `${'e'.repeat(900)}.b.c`,
      expiresAt,
    });
    const times: { plugin: number[]; node: number[] } = { plugin: [], node: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      const plugin = timed(program, ['token', '--issuer', ISSUER, '--client-id', 'kubectl'], env);
      const node = timed(process.execPath, ['-e', '0'], env);
      if (round === 0) continue;
      times.plugin.push(plugin);
      times.node.push(node);
    }
    return { plugin: median(times.plugin), node: median(times.node) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function timed(program: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(program, args, { env });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${String(stderr)}`);
  return performance.now() - before;
}
