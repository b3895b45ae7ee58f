import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { User } from '../../../src/identity/index.ts';
import { approve, askForCode, poll } from '../device/support.ts';
import { formsOf, textOf } from '../support/browser-like.ts';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  redeem,
  signInFor,
  startAuthorization,
  webRedirect,
} from '../support/door.ts';
import { better, cheapArgon2, good, operator } from '../support/local-accounts.ts';

const hour = 3_600_000;
const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
let door: Door;
let user: User;
let login: { username: string; password: string };
let count = 0;
beforeAll(async () => {
  door = await openDoor({ accounts: { argon2: cheapArgon2 }, now: () => Date.now() });
});
afterAll(() => door.close());
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const username = `eve${++count}`;
  user = await door.identity.users.create(
    { email: `${username}@example.com`, preferredUsername: username, name: 'Eve', password: good },
    operator,
  );
  login = { username, password: good };
});
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** Types the right password, and stops before the page that leads on. */
async function typePassword() {
  const config = await door.relyingParty('kubectl');
  const browser = door.browser();
  const attempt = await startAuthorization(config, offline);
  const page = await browser.open(attempt.url);
  const form = formsOf(page).find(({ action }) => action.endsWith('/login'));
  const answer = await browser.request(form?.action ?? '', {
    method: 'POST',
    headers: { origin: new URL(door.issuer).origin, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ ...form?.fields, ...login }),
  });
  expect(answer.status).toBe(303);
  const goOn = () => browser.open(new URL(answer.headers.get('location') ?? '', page.url).href);
  return { config, browser, attempt, goOn };
}

describe('what was under way when all of an account was ended', () => {
  it.each([
    ['its password was set', () => door.identity.users.setPassword(user.id, better, operator)],
    ['its sessions were ended', () => door.identity.sessions.endAllOf(user.id)],
    [
      'it was disabled for a moment',
      async () => {
        await door.identity.users.disable(user.id, operator);
        await door.identity.users.enable(user.id, operator);
      },
    ],
  ])('a sign-in whose password was typed before %s asks for it again', async (_what, end) => {
    const { browser, goOn } = await typePassword();
    pass(1);
    await end();
    const page = await goOn();
    expect(new URL(page.url).origin).toBe(new URL(door.issuer).origin);
    expect(page.body).toContain('name="password"');
    expect(await door.identity.sessions.list(user.id)).toEqual([]);
    expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
  });

  it('a sign-in that begins afterwards, even at the same moment, is none of it', async () => {
    await door.identity.sessions.endAllOf(user.id);
    const { config, attempt, goOn } = await typePassword();
    const { url } = await goOn();
    expect((await redeem(config, attempt, url)).refresh_token).toBeDefined();
    expect(await door.identity.sessions.list(user.id)).toHaveLength(2);
  });

  it('a device that was let in before, and asks for its tokens afterwards, gets none', async () => {
    const { body } = await askForCode(door, { scope: 'openid offline_access' });
    const browser = door.browser();
    await signInFor(await door.relyingParty('kubectl'), browser, offline, login);
    await approve(browser, body);
    await door.identity.users.setPassword(user.id, better, operator);
    expect(await poll(door, body.device_code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });
});

describe('codes that are asked for in the moment in which all of an account is ended', () => {
  it('are worth nothing, whichever came first', async () => {
    const web = await door.relyingParty('web', 'web-secret');
    const asked = { redirect_uri: webRedirect, scope: 'openid offline_access' };
    const browser = door.browser();
    for (let round = 0; round < 12; round++) {
      await signInFor(web, browser, asked, login);
      const attempts = await Promise.all(Array.from({ length: 4 }, () => startAuthorization(web, asked)));
      const answers = attempts.map(({ url }) => browser.request(url));
      // Each round a little later.
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      await door.identity.sessions.endAllOf(user.id);
      const pages = await Promise.all(answers);
      const redeemed = pages.map(async ({ headers }, index) => {
        const callback = headers.get('location') ?? '';
        const attempt = attempts[index];
        if (attempt === undefined || !callback.startsWith(webRedirect)) return 'none';
        return redeem(web, attempt, callback).then(
          () => 'tokens',
          () => 'refused',
        );
      });
      expect(await Promise.all(redeemed)).not.toContain('tokens');
      expect(await door.identity.sessions.list(user.id)).toEqual([]);
    }
  });
});

describe('an audit trail that cannot be written', () => {
  it('keeps no session of an account alive', async () => {
    const full = async (event: { action: string }) => {
      if (event.action === 'session.end') throw new Error('the disk is full');
    };
    const other = await openDoor({ audit: { record: full } });
    onTestFinished(() => other.close());
    const config = await other.relyingParty('kubectl');
    const one = await signInFor(config, other.browser(), offline);
    const two = await signInFor(config, other.browser(), offline);
    await expect(other.identity.sessions.endAllOf(jane.userID)).rejects.toThrow('the disk is full');
    for (const { tokens } of [one, two]) {
      expect(other.identity.isEnded(String(tokens.claims()?.['sid']))).toBe(true);
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
    }
    expect((await other.identity.sessions.list(jane.userID)).length).toBe(0);
  });
});

describe('an ID token', () => {
  it('that outlives what it was issued in is ended by whatever ends the account', async () => {
    const stay = { ...login, remember: 'yes' };
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(
      config,
      door.browser(),
      { redirect_uri: loopback, scope: 'openid' },
      stay,
    );
    pass(23 * hour);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    pass(5 * hour);
    const claims = refreshed.claims();
    expect((claims?.exp ?? 0) * 1000).toBeGreaterThan(Date.now() + hour);
    await door.identity.users.disable(user.id, operator);
    expect(door.identity.isEnded(String(claims?.['sid']))).toBe(true);
  });
});
