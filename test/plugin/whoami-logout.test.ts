import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(() => issuer.close());

describe('kubectl sallyport whoami and logout', () => {
  it('show the user of the cached token, and exit 3 without one', async () => {
    const machine = createMachine();
    const args = ['whoami', '--issuer', issuer.url];
    expect(await machine.run(args)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: `not logged in: run kubectl sallyport login --issuer=${issuer.url}\n`,
    });
    await machine.run(['login', '--issuer', issuer.url]);
    expect((await machine.run(args)).stdout).toMatch(
      /^ATTRIBUTE +VALUE\nUsername +jane\nGroups +\[developers\]\n/,
    );
    const { stdout } = await machine.run([...args, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      username: 'jane',
      groups: ['developers'],
      issuer: issuer.url,
    });
  });

  it('strip what a claim would do to the terminal (S-164)', async () => {
    const machine = createMachine();
    issuer.rules.claims = (claims) => ({
      ...claims,
      preferred_username: 'ja\u001b]0;root\u0007ne\nGroups: root\u009b2J',
    });
    const login = await machine.run(['login', '--issuer', issuer.url]);
    expect(login.stdout).toContain('as jane Groups: root2J.\nGroups: developers');
    const { stdout } = await machine.run(['whoami', '--issuer', issuer.url, '-o', 'json']);
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it('revoke the refresh token and remove the credentials', async () => {
    const machine = createMachine();
    await machine.run(['login', '--issuer', issuer.url]);
    const outcome = await machine.run(['logout', '--issuer', issuer.url]);
    expect(outcome).toMatchObject({ code: 0, stdout: `Logged out of ${issuer.url}.\n` });
    expect(issuer.counts.revoke).toBe(1);
    expect(issuer.refreshTokens.size).toBe(0);
    expect(machine.cacheText()).toBe('');
  });

  it('remove the credentials even when the issuer is away, and say so', async () => {
    const machine = createMachine();
    await machine.run(['login', '--issuer', issuer.url]);
    await issuer.close();
    const outcome = await machine.run(['logout', '--issuer', issuer.url]);
    expect(outcome).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('gone from this machine, but'),
    });
    expect(machine.cacheText()).toBe('');
  });

  it('open the sign-out page without a token in its URL', async () => {
    const machine = createMachine();
    const opened: string[] = [];
    await machine.run(['login', '--issuer', issuer.url]);
    await machine.run(['logout', '--browser', '--issuer', issuer.url], {
      openBrowser: async (url) => opened.push(url) > 0,
    });
    expect(opened).toEqual([`${issuer.url}/logout?client_id=kubectl`]);
  });
});
