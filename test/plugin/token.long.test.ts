import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, execCredential, execInfo, interactiveInfo, type Machine } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
let token: string[];
beforeEach(async () => {
  issuer = await startIssuer();
  token = ['token', '--issuer', issuer.url];
});
afterEach(() => issuer.close());

async function loggedIn(): Promise<Machine> {
  const machine = createMachine();
  await machine.run(['login', '--issuer', issuer.url]);
  return machine;
}

const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow;

describe('kubectl sallyport token', () => {
  it('prints the cached token with 30 seconds less than it has, and asks nobody', async () => {
    const machine = await loggedIn();
    await issuer.close();
    const outcome = await machine.run(token);
    const { idToken, expiresAt } = machine.credentials(issuer.url)!;
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(execCredential(outcome)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: {
        token: idToken,
        expirationTimestamp: new Date((expiresAt - 30) * 1000).toISOString().replace('.000Z', 'Z'),
      },
    });
  });

  it.each(['v1', 'v1beta1'])('answers in the apiVersion %s that it was asked in', async (version) => {
    const machine = await loggedIn();
    machine.env['KUBERNETES_EXEC_INFO'] = execInfo(false, version);
    expect(execCredential(await machine.run(token)).apiVersion).toBe(
      `client.authentication.k8s.io/${version}`,
    );
  });

  it.each(['{', '{}', 'null', execInfo(false, 'v1alpha1')])(
    'refuses KUBERNETES_EXEC_INFO %s',
    async (info) => {
      const machine = createMachine();
      machine.env['KUBERNETES_EXEC_INFO'] = info;
      expect(await machine.run(token)).toMatchObject({ code: 2, stdout: '' });
    },
  );

  it.each([
    [61, 0],
    [58, 1],
    [-5, 1],
  ])('with %i seconds left it refreshes %i times', async (left, refreshes) => {
    const machine = await loggedIn();
    machine.recache(issuer.url, { expiresAt: seconds(left) });
    const outcome = await machine.run(token);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(issuer.counts.refresh).toBe(refreshes);
    const { idToken, refreshToken } = machine.credentials(issuer.url)!;
    expect(execCredential(outcome).status.token).toBe(idToken);
    expect(issuer.refreshTokens.has(refreshToken!)).toBe(true);
  });

  it('exits 3 with the reason when the refresh is refused, also the next time, and asks only once', async () => {
    const machine = await loggedIn();
    issuer.refreshTokens.clear();
    machine.recache(issuer.url, { expiresAt: seconds(10) });
    const refused = await machine.run(token);
    const stderr = `not logged in (the session at ${issuer.url} has ended, invalid_grant: session was revoked): run kubectl sallyport login --issuer=${issuer.url}\n`;
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr });
    expect(await machine.run(token)).toMatchObject({ code: 3, stdout: '', stderr });
    expect(issuer.counts.refresh).toBe(1);
  });

  it('says why it opens the browser when the refresh is refused and a user is there', async () => {
    const machine = await loggedIn();
    issuer.refreshTokens.clear();
    machine.recache(issuer.url, { expiresAt: seconds(-1) });
    machine.env['KUBERNETES_EXEC_INFO'] = interactiveInfo;
    const outcome = await machine.run(token);
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining('has ended, invalid_grant') });
    expect(execCredential(outcome).status.token).toBe(machine.credentials(issuer.url)?.idToken);
  });

  it('refuses a refreshed token of another user, but keeps the rotated refresh token', async () => {
    const machine = await loggedIn();
    machine.recache(issuer.url, { expiresAt: seconds(-1) });
    issuer.rules.claims = (claims) => ({ ...claims, sub: 'mallory' });
    expect(await machine.run(token)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('another user'),
    });
    expect(issuer.refreshTokens.has(machine.credentials(issuer.url)?.refreshToken ?? '')).toBe(true);
  });

  it.each([
    [45, 0],
    [20, 7],
  ])('with the issuer away and %i seconds left it exits %i', async (left, code) => {
    const machine = await loggedIn();
    machine.recache(issuer.url, { expiresAt: seconds(left) });
    await issuer.close();
    expect(await machine.run(token)).toMatchObject({ code });
  });

  it('opens no browser where nobody sits at the terminal', async () => {
    const machine = createMachine();
    machine.env['KUBERNETES_EXEC_INFO'] = execInfo(false);
    const outcome = await machine.run(token, { stdinIsTerminal: async () => true });
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(outcome.stderr).toBe(`not logged in: run kubectl sallyport login --issuer=${issuer.url}\n`);
    expect(issuer.counts.authorize).toBe(0);
  });

  it.each([
    [{}, 8],
    [{ DISPLAY: ':0', BROWSER: '/does/not/exist' }, 8],
  ])('with the environment %j and nobody who answers it exits %i instead of hanging', async (env, code) => {
    const machine = createMachine();
    Object.assign(machine.env, env, { KUBERNETES_EXEC_INFO: interactiveInfo });
    const outcome = await machine.spawn([...token, '--timeout', '300ms']);
    expect(outcome).toMatchObject({ code, stdout: '' });
  });

  it('keeps the tokens of two clients apart (S-165)', async () => {
    const machine = await loggedIn();
    expect(await machine.run([...token, '--client-id', 'other'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--client-id=other'),
    });
  });
});

describe('many plugins at once (S-162)', () => {
  it('6 processes make one refresh and 6 valid outputs', { timeout: 60_000 }, async () => {
    const machine = await loggedIn();
    machine.recache(issuer.url, { expiresAt: seconds(5) });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => machine.spawn(token)));
    expect(outcomes.map(({ code }) => code)).toEqual(Array(6).fill(0));
    const tokens = new Set(outcomes.map((outcome) => execCredential(outcome).status.token));
    expect([...tokens]).toEqual([machine.credentials(issuer.url)?.idToken]);
    expect(issuer.counts.refresh).toBe(1);
  });

  it('those that wait for a login that fails do not open a window of their own', async () => {
    const machine = createMachine();
    machine.env['KUBERNETES_EXEC_INFO'] = interactiveInfo;
    const opened: string[] = [];
    const openBrowser = async (url: string) => opened.push(url) > 0;
    const runs = [1, 2, 3, 4].map(() => machine.run([...token, '--timeout', '1s'], { openBrowser }));
    const codes = (await Promise.all(runs)).map(({ code }) => code);
    expect(opened).toHaveLength(1);
    expect(codes.filter((code) => code === 8).length).toBeGreaterThanOrEqual(1);
    expect(codes.every((code) => code === 8 || code === 3)).toBe(true);
  });

  it('those that wait for a login that succeeds use it', async () => {
    const machine = createMachine();
    machine.env['KUBERNETES_EXEC_INFO'] = interactiveInfo;
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => machine.run(token)));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(issuer.counts).toMatchObject({ authorize: 1, refresh: 0 });
  });
});
