import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForCode, decide, enterCode } from '../device/support.ts';
import { codeAt, codesOn, secretOn } from '../factors/support.ts';
import { type Door, openDoor, startAuthorization, webClient, webRedirect } from '../support/door.ts';
import { cheapArgon2, good, operator } from '../support/local-accounts.ts';

const step = 30_000;
let clock = Date.now();
let door: Door;
let amy = '';

beforeAll(async () => {
  door = await openDoor({
    now: () => clock,
    clients: [{ ...webClient, mfaChain: ['app'] }],
    mfa: { authenticators: [{ id: 'app', type: 'TOTP', config: {} }] },
    accounts: { argon2: cheapArgon2 },
  });
  const account = { email: 'amy@example.com', preferredUsername: 'amy', password: good };
  amy = (await door.identity.users.create(account, operator)).id;
});
afterAll(() => door.close());

/** What the trail has of an act: with who did it to whom, and how it ended. */
async function told(act: () => Promise<unknown>): Promise<readonly unknown[][]> {
  const before = door.events.length;
  await act();
  return door.events
    .slice(before)
    .map(({ action, actor, subject, client, result, reason }) => [
      action,
      actor,
      subject,
      client,
      result,
      reason,
    ]);
}

const post = (path: string, fields: Record<string, string>) =>
  fetch(door.issuer + path, { method: 'POST', body: new URLSearchParams(fields) });
const asWeb = { client_id: 'web', client_secret: webClient.secret };

async function toTheFactor() {
  const party = await door.relyingParty('web', webClient.secret);
  const attempt = await startAuthorization(party, { redirect_uri: webRedirect, scope: 'openid' });
  const browser = door.browser();
  const page = await browser.open(attempt.url);
  return { browser, page: await browser.submit(page, { username: 'amy', password: good }, '/login') };
}

describe('of what matters to security, the trail has one event each', () => {
  it('requests that are pushed', async () => {
    const asked = {
      ...asWeb,
      response_type: 'code',
      redirect_uri: webRedirect,
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    };
    expect(await told(() => post('/par', asked))).toEqual([
      ['authorize.push', undefined, undefined, 'web', 'success', undefined],
    ]);
    expect(await told(() => post('/par', { ...asked, redirect_uri: 'https://other.example/' }))).toEqual([
      ['authorize.push', undefined, undefined, 'web', 'failure', 'invalid_request'],
    ]);
  });

  it('questions about tokens that a client may not ask', async () => {
    const { length } = door.events;
    await post('/token/introspect', { ...asWeb, client_secret: 'wrong', token: 'x' });
    expect(door.events.slice(length)).toMatchObject([
      { action: 'token.introspect', client: 'web', result: 'failure', reason: 'invalid_client' },
    ]);
  });

  it('devices that ask, and are refused', async () => {
    const asked = await told(() => askForCode(door));
    expect(asked).toEqual([['device.authorize', undefined, undefined, 'kubectl', 'success', undefined]]);
    const unknown = await told(() => askForCode(door, { client_id: 'nobody' }));
    expect(unknown).toMatchObject([
      ['device.authorize', undefined, undefined, undefined, 'failure', 'invalid_client'],
    ]);
    const { body: device } = await askForCode(door);
    const browser = door.browser();
    const page = await enterCode(browser, device.verification_uri, device.user_code);
    expect(await told(() => decide(browser, page, 'deny'))).toEqual([
      ['device.deny', 'id-jane', 'id-jane', 'kubectl', 'success', undefined],
    ]);
  });

  it('second factors that are added, shown, renamed, replaced and removed', async () => {
    const first = await toTheFactor();
    const secret = secretOn(first.page);
    let codes: readonly string[] = [];
    const added = await told(async () => {
      codes = codesOn(await first.browser.submit(first.page, { code: codeAt(secret, clock) }, '/totp'));
    });
    expect(added).toEqual([['factor.add', amy, amy, 'web', 'success', undefined]]);
    clock += step;
    const second = await toTheFactor();
    const wrong = await told(() => second.browser.submit(second.page, { code: '000000' }, '/code'));
    expect(wrong).toEqual([['factor.totp', amy, amy, 'web', 'failure', 'wrong']]);
    const right = await told(() =>
      second.browser.submit(second.page, { code: codeAt(secret, clock) }, '/code'),
    );
    expect(right[0]).toEqual(['factor.totp', amy, amy, 'web', 'success', undefined]);
    const third = await toTheFactor();
    const recovery = { recovery: codes[0] ?? '' };
    const recovered = await told(() => third.browser.submit(third.page, recovery, '/code'));
    expect(recovered[0]).toEqual(['factor.recovery', amy, amy, 'web', 'success', undefined]);
    const { factors } = door.identity;
    const by = { name: amy };
    const required = { kinds: [], any: false };
    const one = (action: string, actor = amy) => [[action, actor, amy, undefined, 'success', undefined]];
    expect(await told(() => factors.rename(amy, 'totp', 'Phone', by))).toEqual(one('factor.rename'));
    expect(await told(() => factors.renewRecoveryCodes(amy, by))).toEqual(one('factor.recovery-codes'));
    const needed = { kinds: ['TOTP'], any: false } as const;
    const refused = told(() => factors.remove(amy, 'totp', needed, by).catch(() => undefined));
    expect(await refused).toEqual([['factor.remove', amy, amy, undefined, 'failure', 'needed']]);
    expect(await told(() => factors.remove(amy, 'totp', required, by))).toEqual(one('factor.remove'));
    const fourth = await toTheFactor();
    const seed = secretOn(fourth.page);
    await fourth.browser.submit(fourth.page, { code: codeAt(seed, clock) }, '/totp');
    const reset = await told(() => factors.reset(amy, operator));
    expect(reset.filter(([action]) => action === 'factor.reset')).toEqual(one('factor.reset', 'cli:root'));
  });

  it('accounts, groups, keys and passwords that are changed', async () => {
    const { users, groups, keys } = door.identity;
    const one = (action: string, subject: unknown) => [
      [action, 'cli:root', subject, undefined, 'success', undefined],
    ];
    expect(await told(() => groups.create({ name: 'ops' }, operator))).toEqual(one('group.create', 'ops'));
    expect(await told(() => groups.update('ops', { description: 'x' }, operator))).toEqual(
      one('group.update', 'ops'),
    );
    expect(await told(() => users.update(amy, { groups: ['ops'] }, operator))).toEqual(
      one('user.update', amy),
    );
    expect(await told(() => users.issueReset(amy, operator))).toEqual(one('reset.issue', amy));
    const set = await told(() => users.setPassword(amy, good, operator));
    expect(set.filter(([action]) => action !== 'session.end')).toEqual(one('password.set', amy));
    const disabled = await told(() => users.disable(amy, operator));
    expect(disabled.filter(([action]) => action !== 'session.end')).toEqual(one('user.disable', amy));
    expect(await told(() => users.enable(amy, operator))).toEqual(one('user.enable', amy));
    expect(await told(() => users.delete(amy, operator))).toEqual(one('user.delete', amy));
    expect(await told(() => groups.delete('ops', operator))).toEqual(one('group.delete', 'ops'));
    const missing = told(() => users.disable(amy, operator).catch(() => undefined));
    expect(await missing).toEqual([['user.disable', 'cli:root', amy, undefined, 'failure', 'notFound']]);
    const rotated = await told(() => keys.rotate({ by: operator }));
    expect(rotated).toEqual(one('key.rotate', expect.any(String)));
  });
});
