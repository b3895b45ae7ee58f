import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { collect } from './support/collect.ts';
import { bin } from './support/installed.ts';
import { KUBECTL_VERSIONS, type Outcome, run } from './support/kubectl.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { openSigningBrowser, type SigningBrowser } from './support/signing-browser.ts';

/** What the plugin keeps of a login. */
interface Cached {
  idToken: string;
  expiresAt: number;
  refreshToken: string;
}

let sallyport: Sallyport;

beforeAll(async () => {
  sallyport = await startSallyport();
});

afterAll(() => sallyport?.dispose());

describe.each(KUBECTL_VERSIONS)('kubectl %s with the plugin', (version) => {
  let home: string;
  let browser: SigningBrowser;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sallyport-plugin-'));
    await symlink(inject('kubectl')[version], join(home, 'kubectl'));
    browser = await openSigningBrowser(home, 'jane');
    const path = `${home}:${bin}:${process.env['PATH']}`;
    env = {
      PATH: path,
      HOME: home,
      BROWSER: browser.program,
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    };
  });

  afterAll(async () => {
    browser?.close();
    await rm(home, { recursive: true, force: true });
  });

  const kubectl = (...args: string[]) => run(join(home, 'kubectl'), args, env);
  const list = () => kubectl('get', 'pods', '-n', 'dev');

  /** At a terminal: what kubectl prints on either stream, together. */
  const atTerminal = (line: string, extra: NodeJS.ProcessEnv = {}) =>
    run('script', ['-qec', `kubectl ${line}`, '/dev/null'], { ...env, ...extra });

  async function cacheFile(): Promise<string> {
    const directory = join(home, '.kube/cache/sallyport');
    const files = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(1);
    return join(directory, files[0] ?? '');
  }
  const cached = async (): Promise<Cached> => JSON.parse(await readFile(await cacheFile(), 'utf8'));
  const recache = async (change: Partial<Cached>) =>
    writeFile(await cacheFile(), JSON.stringify({ ...(await cached()), ...change }));

  function refused({ code, stdout, stderr }: Outcome, words: string | RegExp): void {
    expect(stderr).toMatch(words);
    expect([code, stdout]).toEqual([1, '']);
  }

  it('begins with nothing but the portal’s address', async () => {
    const { code, stdout, stderr } = await kubectl('sallyport', 'login', sallyport.issuer);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /as jane\.[\s\S]*context\/sallyport created[\s\S]*ATTRIBUTE +VALUE[\s\S]*Username +jane/,
    );
    const kubeconfig = await readFile(join(home, '.kube/config'), 'utf8');
    expect(parse(kubeconfig).clusters[0].cluster.server).toBe(sallyport.gateway);
    expect(kubeconfig).not.toContain((await cached()).refreshToken);
    expect(await list()).toMatchObject({ code: 0 });
    expect(browser.visits).toHaveLength(1);
    expect((await kubectl('sallyport', 'whoami', '-o', 'name')).stdout).toBe('user/jane\n');
  });

  it('completes what follows `kubectl sallyport`, and says why something is refused', async () => {
    const completed = await kubectl('__complete', 'sallyport', 'whoami', '--context', '');
    expect(completed.stdout).toMatch(/^sallyport\n:4\n/);
    const why = await kubectl('sallyport', 'why', 'delete', 'pods', '-n', 'dev');
    expect(why).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^yes - RBAC: allowed by RoleBinding /),
    });
    expect(why.stderr).toContain('Warning: you may not list the whole policy');
    const refusal = await kubectl('sallyport', 'can-i', 'delete', 'pods', '-n', 'kube-system');
    expect(refusal).toMatchObject({ code: 1, stdout: expect.stringMatching(/^no/) });
  });

  describe('with a login', () => {
    beforeEach(() => {
      browser.visits.splice(0);
    });

    it('renews the token in silence', async () => {
      const before = await cached();
      await recache({ expiresAt: Math.floor(Date.now() / 1000) + 20 });
      expect(await list()).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ogged in') });
      const after = await cached();
      expect(after.idToken).not.toBe(before.idToken);
      expect(after.refreshToken).not.toBe(before.refreshToken);
      expect(browser.visits).toEqual([]);
    });

    it('renews it once for twenty of them', async () => {
      const before = await cached();
      await recache({ expiresAt: 0 });
      const outcomes = await Promise.all(Array.from({ length: 20 }, list));
      expect(outcomes.map(({ code }) => code)).toEqual(Array(20).fill(0));
      expect(outcomes.map(({ stderr }) => stderr).join('')).not.toMatch(/logged in|Warning/);
      expect((await cached()).refreshToken).not.toBe(before.refreshToken);
      // Had two of them used the same refresh token, the issuer would have ended the session.
      expect(await kubectl('sallyport', 'token', '--force-refresh')).toMatchObject({ code: 0 });
      expect(browser.visits).toEqual([]);
    });

    it('says that the clock is wrong, and works', async () => {
      const ahead = await openClockProxy(2 * 3_600_000);
      await recache({ expiresAt: 0 });
      const { code, stderr } = await run(join(home, 'kubectl'), ['sallyport', 'token'], {
        ...env,
        HTTP_PROXY: ahead.url,
      });
      ahead.close();
      expect(stderr).toContain("Warning: this machine's clock is 2 h 0 min behind that of http://127.0.0.1:");
      expect(code).toBe(0);
      expect(await list()).toMatchObject({ code: 0 });
    });

    it('lends the login to tools that cannot log in', async () => {
      const proxy = spawn(join(home, 'kubectl'), ['sallyport', 'proxy'], { env });
      const ended = new Promise<number | null>((done) => proxy.once('exit', done));
      const output = collect(proxy);
      const said = await output.until(/export KUBECONFIG=\S+/);
      const lent = { ...env, KUBECONFIG: said.replace('export KUBECONFIG=', '') };
      const whoami = await run(
        join(home, 'kubectl'),
        ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
        lent,
      );
      expect(whoami).toMatchObject({ code: 0, stdout: 'jane' });
      proxy.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(await run(join(home, 'kubectl'), ['get', 'pods', '-n', 'dev'], lent)).toMatchObject({ code: 1 });
    });

    it('lists where the person is logged in', async () => {
      const { code, stdout } = await kubectl('sallyport', 'sessions');
      expect(code).toBe(0);
      expect(stdout).toMatch(/\(this\) +application +kubectl +kubectl-sallyport on /);
    });

    it('says that the issuer is away', async () => {
      const { expiresAt } = await cached();
      await recache({ expiresAt: 0 });
      const away = await run(join(home, 'kubectl'), ['get', 'pods', '-n', 'dev'], {
        ...env,
        HTTP_PROXY: 'http://127.0.0.1:9',
      });
      refused(away, /error: cannot reach http:\/\/127\.0\.0\.1:\d+: nothing listens there/);
      await recache({ expiresAt });
    });

    it('is refused at the next request when the session is ended elsewhere, and knows why', async () => {
      const { stdout } = await kubectl('sallyport', 'sessions', '-o', 'json');
      const own = JSON.parse(stdout).items.find(({ current }: { current: boolean }) => current);
      expect(await kubectl('sallyport', 'sessions', 'revoke', own.id)).toMatchObject({ code: 0 });
      refused(await list(), 'You must be logged in to the server');
      refused(await list(), /not logged in \(the session at \S+ has ended, invalid_grant/);
      expect(browser.visits).toEqual([]);
      expect(await kubectl('sallyport', 'login')).toMatchObject({ code: 0 });
    });

    it('is refused at the next request when the session is revoked, and says what to type', async () => {
      const { idToken } = await cached();
      const byToken = () => kubectl('--token', idToken, '--user=', 'get', 'pods', '-n', 'dev');
      expect(await byToken()).toMatchObject({ code: 0 });
      expect(await kubectl('sallyport', 'logout')).toMatchObject({ code: 0 });
      refused(await byToken(), 'You must be logged in to the server');
      refused(await list(), /not logged in: run kubectl sallyport login --issuer=http/);
      expect(browser.visits).toEqual([]);
    });
  });

  it('opens one window for twenty of them at a terminal', async () => {
    browser.visits.splice(0);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => atTerminal('get pods -n dev')));
    expect(outcomes.map(({ code }) => code)).toEqual(Array(20).fill(0));
    expect(outcomes.filter(({ stdout }) => stdout.includes('Opening your browser'))).toHaveLength(1);
    expect(browser.visits).toHaveLength(1);
  });

  it('says why it opens one when the session has ended, and opens none where nobody is', async () => {
    browser.visits.splice(0);
    await recache({ expiresAt: 0, refreshToken: 'gone' });
    refused(await list(), /not logged in \(the session at \S+ has ended, invalid_grant/);
    expect(browser.visits).toEqual([]);
    const { code, stdout } = await atTerminal('get pods -n dev');
    expect(stdout).toMatch(/has ended, invalid_grant[\s\S]*a new login is needed[\s\S]*Logged in as jane/);
    expect([code, browser.visits.length]).toEqual([0, 1]);
  });
});

/** A proxy that moves the clock of every server behind it. */
async function openClockProxy(ahead: number): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const forwarded = send(request.url ?? '', { method, headers }, (answer) => {
      const date = new Date(Date.now() + ahead).toUTCString();
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
