import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, execCredential, execInfo, interactiveInfo, type Machine } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
let token: string[];
let machine: Machine;
beforeEach(async () => {
  issuer = await startIssuer();
  token = ['token', '--issuer', issuer.url];
  machine = createMachine();
});
afterEach(() => issuer.close());

describe('a login that came to nothing (N1)', () => {
  it('is not tried again by itself before a pause that grows', async () => {
    machine.env['KUBERNETES_EXEC_INFO'] = interactiveInfo;
    let time = Date.now();
    const opened: string[] = [];
    const deps = { now: () => time, openBrowser: async (url: string) => opened.push(url) > 0 };
    const run = () => machine.run([...token, '--timeout=20ms'], deps);
    expect((await run()).code).toBe(8);
    const second = await run();
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toMatch(
      /^not logged in: the last login came to nothing, and the next one begins by itself in \d+ s; now: kubectl sallyport login --issuer=\S+\n$/,
    );
    expect(opened).toHaveLength(1);
    time += 10_001;
    expect((await run()).code).toBe(8);
    time += 10_001;
    expect((await run()).code).toBe(3);
    time += 10_001;
    expect((await run()).code).toBe(8);
    expect(opened).toHaveLength(3);
  });

  it('does not keep anybody from logging in, which ends the pause', async () => {
    machine.env['KUBERNETES_EXEC_INFO'] = interactiveInfo;
    await machine.run([...token, '--timeout=20ms'], { openBrowser: async () => true });
    expect((await machine.run(token)).code).toBe(3);
    expect((await machine.run(['login', '--issuer', issuer.url])).code).toBe(0);
    machine.recache(issuer.url, { expiresAt: 0, refreshToken: 'gone' });
    issuer.refreshTokens.clear();
    expect((await machine.run(token)).code).toBe(0);
  });
});

describe('a token that the server has refused (N3)', () => {
  const run = (parent: string) => machine.run(token, { parent: () => parent });
  const tokenOf = async (parent: string) => execCredential(await run(parent)).status.token;

  beforeEach(async () => {
    await machine.run(['login', '--issuer', issuer.url]);
    machine.env['KUBERNETES_EXEC_INFO'] = execInfo(false);
  });

  it('is known by the same kubectl asking again, and renewed once', async () => {
    const first = await tokenOf('kubectl 1');
    expect(await tokenOf('kubectl 2')).toBe(first);
    expect(issuer.counts.refresh).toBe(0);
    const second = await tokenOf('kubectl 1');
    expect(second).not.toBe(first);
    expect(issuer.counts.refresh).toBe(1);
    // A server that refuses everything does not make a refresh of every request.
    expect(await tokenOf('kubectl 1')).toBe(second);
    expect(issuer.counts.refresh).toBe(1);
    // The others get the new one, and are not suspected for it.
    expect(await tokenOf('kubectl 2')).toBe(second);
    expect(issuer.counts.refresh).toBe(1);
  });

  it('means a login when the session has been revoked', async () => {
    await run('kubectl 1');
    issuer.refreshTokens.clear();
    expect(await run('kubectl 1')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/session at \S+ has ended/),
    });
  });

  it('is handed out again where the issuer is away', async () => {
    const first = await tokenOf('kubectl 1');
    await issuer.close();
    expect(await tokenOf('kubectl 1')).toBe(first);
  });

  it('is not suspected of who runs the plugin by hand', async () => {
    delete machine.env['KUBERNETES_EXEC_INFO'];
    await run('bash 1');
    await run('bash 1');
    expect(issuer.counts.refresh).toBe(0);
  });

  it('--force-refresh renews it on request', async () => {
    const before = machine.credentials(issuer.url)?.idToken;
    const outcome = await machine.run([...token, '--force-refresh']);
    expect(execCredential(outcome).status.token).not.toBe(before);
    expect(issuer.counts.refresh).toBe(1);
  });
});

describe('a clock that is wrong', () => {
  it.each([
    [7200, 'behind', '2 h 0 min'],
    [-5400, 'ahead of', '1 h 30 min'],
  ])('by %i seconds is named, and the login works in spite of it', async (ahead, words, amount) => {
    issuer.rules.ahead = ahead;
    const { code, stderr } = await machine.run(['login', '--issuer', issuer.url]);
    expect(code).toBe(0);
    expect(stderr).toContain(`Warning: this machine's clock is ${amount} ${words} that of ${issuer.url}`);
    // kubectl reads this machine's clock: an hour from now on it.
    const outcome = await machine.run(token);
    const left = Date.parse(execCredential(outcome).status.expirationTimestamp) - Date.now();
    expect(Math.round(left / 60_000)).toBeCloseTo(60, -1);
    expect(issuer.counts.refresh).toBe(0);
  });

  it('by some seconds is nobody’s business', async () => {
    issuer.rules.ahead = 20;
    expect((await machine.run(['login', '--issuer', issuer.url])).stderr).not.toContain('clock');
  });
});
