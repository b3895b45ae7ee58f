import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, type Machine } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
let machine: Machine;
const run = (...args: string[]) => machine.run(['sessions', ...args, '--issuer', issuer.url]);

beforeEach(async () => {
  issuer = await startIssuer();
  const session = {
    kind: 'application',
    clients: ['kubectl'],
    device: 'kubectl-sallyport on Linux',
    address: '192.0.2.1',
  };
  const times = {
    created_at: new Date(Date.now() - 7_200_000).toISOString(),
    last_used_at: new Date(Date.now() - 61_000).toISOString(),
  };
  issuer.rules.sessions = [
    { id: 'this-one-has-a-long-id', current: true, ...session, ...times },
    { id: 'that-one', ...session, ...times },
    { id: 'that-other', kind: 'browser', ...times } as never,
  ];
  machine = createMachine();
  await machine.run(['login', '--issuer', issuer.url]);
});
afterEach(() => issuer.close());

const left = () => issuer.rules.sessions?.map(({ id }) => id);

describe('kubectl sallyport sessions', () => {
  it('lists where the person is logged in', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ID +KIND +CLIENTS +DEVICE +LAST USED +AGE\nthis-one \(this\) +application +kubectl +kubectl-sallyport on Linux +1m1s +2h\n/,
    );
    expect((await run('-o', 'wide')).stdout).toMatch(
      /ADDRESS +EXPIRES\nthis-one-has-a-long-id \(this\).* 192\.0\.2\.1/,
    );
    expect((await run('-o', 'name')).stdout).toBe(
      'session/this-one-has-a-long-id\nsession/that-one\nsession/that-other\n',
    );
    expect(JSON.parse((await run('-o', 'json')).stdout).items).toHaveLength(3);
  });

  it('keeps the rotated refresh token: the login goes on', async () => {
    await run();
    expect(issuer.refreshTokens.has(machine.credentials(issuer.url)?.refreshToken ?? '')).toBe(true);
  });

  it('ends those that are named, or all the others', async () => {
    expect((await run('revoke', 'that-one')).stdout).toBe('session/that-one revoked\n');
    expect(left()).toEqual(['this-one-has-a-long-id', 'that-other']);
    await run('revoke', '--others');
    expect(left()).toEqual(['this-one-has-a-long-id']);
  });

  it.each([
    [['revoke'], 2, 'name the sessions'],
    [['revoke', 'that', '--others'], 2, 'name the sessions'],
    [['revoke', 'that'], 5, 'more than one of your sessions has an id that begins with "that"'],
    [['revoke', 'nope'], 5, 'none of your sessions'],
    [['delete', 'x'], 2, 'sessions takes revoke or nothing'],
  ])('ends nothing with %j', async (args, code, words) => {
    expect(await run(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    expect(left()).toHaveLength(3);
  });

  it('says that another issuer has no such list, and who is not logged in', async () => {
    delete issuer.rules.sessions;
    expect(await run()).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('only a Sallyport lists sessions'),
    });
    await machine.run(['logout', '--issuer', issuer.url]);
    expect(await run()).toMatchObject({ code: 3, stdout: '' });
  });
});
