import type { ChildProcess } from 'node:child_process';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { launchBrowser } from './support/browser.ts';
import { collect } from './support/collect.ts';
import { openTerminal, run, type Terminal } from './support/kubectl.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const GUIDE = resolve(import.meta.dirname, '../docs/how-to/kubelogin.md');
const kubelogin = inject('kubelogin');

/** The real binary, set up as the guide says. Optional: the tests' start says aloud when it is missing. */
describe.skipIf(kubelogin === '')("int128's kubelogin", () => {
  let sallyport: Sallyport;
  let browser: Browser;
  let terminal: Terminal;
  let args: string[];

  beforeAll(async () => {
    [sallyport, browser] = await Promise.all([startSallyport(), launchBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await sallyport?.dispose();
  });

  beforeEach(async () => {
    terminal = await openTerminal(sallyport, inject('kubectl')['1.35']);
    await symlink(kubelogin, join(terminal.home, 'kubectl-oidc_login'));
    terminal.env['PATH'] = `${terminal.home}:${terminal.env['PATH']}`;
    const [user] = await guidesUsers();
    user.user.exec.command = join(terminal.home, 'kubectl-oidc_login');
    args = user.user.exec.args
      .slice(1)
      .map((arg: string) => arg.replace('http://127.0.0.1:5556', sallyport.issuer));
    user.user.exec.args = [...args, '--skip-open-browser'];
    const file = terminal.env['KUBECONFIG'] ?? '';
    await writeFile(file, stringify({ ...parse(await readFile(file, 'utf8')), users: [user] }));
    return () => terminal.dispose();
  });

  /** Waits for kubelogin to name its local page, goes there and signs in. */
  async function signInAt(child: ChildProcess, login: string): Promise<void> {
    onTestFinished(() => void child.kill());
    const url = await collect(child).until(/http:\/\/localhost:\d+/);
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(url);
      await signIn(page, login);
      await page.waitForURL(/^http:\/\/localhost:/);
    } finally {
      await context.close();
    }
  }

  it('signs a person in for kubectl, once, and renews the token without a browser', async () => {
    const first = terminal.spawnKubectl('auth', 'whoami', '-o', 'json');
    const output = collect(first);
    const ended = new Promise<number | null>((done) => first.once('exit', done));
    await signInAt(first, 'jane');
    expect(await ended, output.stderr()).toBe(0);
    expect(JSON.parse(output.stdout()).status.userInfo).toMatchObject({
      username: 'jane',
      groups: ['developers', 'system:authenticated'],
    });

    expect(await terminal.kubectl('get', 'pods', '-n', 'dev')).toMatchObject({ code: 0 });
    const refused = await terminal.kubectl('get', 'pods', '-n', 'kube-system');
    expect(refused.stderr).toContain('User "jane" cannot list resource "pods"');

    const before = await cachedRefreshToken();
    const renewed = await run(kubelogin, [...args, '--force-refresh'], terminal.env);
    expect(claims(JSON.parse(renewed.stdout).status.token)).toMatchObject({
      preferred_username: 'jane',
      groups: ['developers'],
    });
    const after = await cachedRefreshToken();
    expect(after).not.toBe(before);
    // Rotation: the refresh token that came with the renewed one works too.
    expect(await run(kubelogin, [...args, '--force-refresh'], terminal.env)).toMatchObject({ code: 0 });
    expect(await cachedRefreshToken()).not.toBe(after);
  });

  it.each(['127.0.0.1:8000', '127.0.0.1:18000', '127.0.0.1:0'])('listens on %s', async (address) => {
    const child = terminal.spawnKubectl(
      'oidc-login',
      ...args,
      '--skip-open-browser',
      `--listen-address=${address}`,
      '--token-cache-storage=none',
    );
    const output = collect(child);
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    await signInAt(child, 'jane@example.com');
    expect(await ended, output.stderr()).toBe(0);
    expect(claims(JSON.parse(output.stdout()).status.token)).toMatchObject({ groups: ['developers'] });
  });

  async function cachedRefreshToken(): Promise<string> {
    const cache = join(terminal.home, '.kube/cache/oidc-login');
    const files = (await readdir(cache)).filter((name) => !name.endsWith('.lock'));
    expect(files).toHaveLength(1);
    return JSON.parse(await readFile(join(cache, files[0] ?? ''), 'utf8')).refresh_token;
  }
});

async function guidesUsers() {
  const guide = await readFile(GUIDE, 'utf8');
  return parse(/```yaml\n(users:[\s\S]*?)```/.exec(guide)?.[1] ?? '').users;
}

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
