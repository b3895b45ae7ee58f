import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Neither program prints colours, whatever asks for them (https://no-color.org, FORCE_COLOR), on a terminal. */
const ROOT = resolve(import.meta.dirname, '../..');
const ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  { NO_COLOR: '1', TERM: 'xterm-256color' },
  { FORCE_COLOR: '3', COLORTERM: 'truecolor', TERM: 'xterm-256color' },
];

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-colours-'));
  mkdirSync(join(home, '.kube'));
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/gone' };
  const user = { name: 'u', user: { exec } };
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
  const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:9' } };
  const kubeconfig = { users: [user], contexts: [context], clusters: [cluster], 'current-context': 'c' };
  writeFileSync(join(home, '.kube/config'), JSON.stringify(kubeconfig));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function shown(line: string, extra: Readonly<Record<string, string>>): string {
  const path = `${join(ROOT, 'bin')}:${process.env['PATH']}`;
  const env = { PATH: path, HOME: home, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...extra };
  return spawnSync('script', ['-qec', line, '/dev/null'], { env, cwd: ROOT, encoding: 'utf8' }).stdout;
}

describe.each([
  ['sallyport who-can get pods -n dev -f config/demo/rbac', /^SUBJECT|^KIND/m],
  ['sallyport nope', /^error: unknown command/m],
  ['sallyport users list', /^error: /m],
  ['kubectl-sallyport --help', /^Login Commands:/m],
  ['kubectl-sallyport doctor --issuer=https://127.0.0.1:9', /kuberc/],
])('%s', (line, words) => {
  it.each(ENVIRONMENTS)('with %j is text without escapes', (env) => {
    const text = shown(line, env);
    expect(text).toMatch(words);
    expect(text.replaceAll(/[\r\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
  });
});
