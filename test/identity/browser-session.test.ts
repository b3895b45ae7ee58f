import * as client from 'openid-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BrowserLike, textOf } from './support/browser-like.ts';
import {
  credentials,
  type Door,
  type DoorOptions,
  jane,
  loopback,
  openDoor,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from './support/door.ts';

const minute = 60_000;
const hour = 60 * minute;
const otherRedirect = 'https://other.example/callback';
const otherClient = { id: 'other', secret: 'other-secret', name: 'Other', redirectURIs: [otherRedirect] };
const stay = { ...credentials, remember: 'yes' };
const openid = { redirect_uri: webRedirect, scope: 'openid' };

let door: Door;
let config: client.Configuration;
async function start(options: DoorOptions = {}): Promise<void> {
  door = await openDoor({ clients: [webClient, otherClient], ...options });
  config = await door.relyingParty('web', 'web-secret');
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  await door.close();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
const isSignedIn = async (browser: BrowserLike) =>
  !textOf(await browser.open(`${door.issuer}/`)).includes('You are not signed in');
/** Somebody who comes back: whether an application gets its code without a password. */
async function comesBack(browser: BrowserLike): Promise<boolean> {
  const page = await browser.open((await startAuthorization(config, openid)).url);
  return page.url.startsWith(webRedirect);
}
const sessionCookies = (browser: BrowserLike, name = 'sallyport_session') =>
  browser.setCookies.filter((cookie) => cookie.startsWith(`${name}=`));

describe('a browser session', () => {
  it('ends with the browser, and when it is not used for an hour, unless asked otherwise', async () => {
    await start();
    const browser = door.browser();
    await signInFor(config, browser, openid);
    expect(sessionCookies(browser).at(-1)).not.toMatch(/expires=/i);
    for (let hours = 0; hours < 3; hours++) {
      pass(59 * minute);
      expect(await comesBack(browser)).toBe(true);
    }
    pass(61 * minute);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await comesBack(browser)).toBe(false);
  });

  it('of who asks to be kept signed in lasts a day, used or not, and no longer', async () => {
    await start();
    const browser = door.browser();
    await signInFor(config, browser, openid, stay);
    const [, expires = ''] = /expires=([^;]*)/i.exec(sessionCookies(browser).at(-1) ?? '') ?? [];
    expect(Math.abs(Date.parse(expires) - Date.now() - 24 * hour)).toBeLessThan(5000);
    pass(23 * hour);
    expect(await comesBack(browser)).toBe(true);
    pass(hour + 1000);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await comesBack(browser)).toBe(false);
  });

  it('is over a day after the sign-in, however busy it is', async () => {
    await start();
    const browser = door.browser();
    await signInFor(config, browser, openid);
    for (let halves = 0; halves < 47; halves++) {
      pass(30 * minute);
      expect(await comesBack(browser), `after ${halves / 2 + 0.5} h`).toBe(true);
    }
    pass(31 * minute);
    expect(await comesBack(browser)).toBe(false);
  });

  it('has the lifetimes and the cookie name of the configuration', async () => {
    await start({
      sessions: { cookieName: 'dex_session', absoluteLifetime: 2 * hour, validIfNotUsedFor: 10 * minute },
    });
    const [idle, kept] = [door.browser(), door.browser()];
    await signInFor(config, idle, openid);
    await signInFor(config, kept, openid, stay);
    expect(sessionCookies(idle)).toEqual([]);
    expect(sessionCookies(idle, 'dex_session').length).toBeGreaterThan(0);
    pass(11 * minute);
    expect([await isSignedIn(idle), await isSignedIn(kept)]).toEqual([false, true]);
    pass(110 * minute);
    expect(await isSignedIn(kept)).toBe(false);
  });

  it('takes what is chosen at each sign-in', async () => {
    await start();
    const browser = door.browser();
    await signInFor(config, browser, openid);
    await signInFor(config, browser, { ...openid, prompt: 'login' }, stay);
    expect(sessionCookies(browser).at(-1)).toMatch(/expires=/i);
    pass(2 * hour);
    expect(await isSignedIn(browser)).toBe(true);
    await signInFor(config, browser, { ...openid, prompt: 'login' });
    expect(sessionCookies(browser).at(-1)).not.toMatch(/expires=/i);
    pass(2 * hour);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('goes on while a token that is bound to it is refreshed', async () => {
    await start();
    const kubectl = await door.relyingParty('kubectl');
    const browser = door.browser();
    const { tokens } = await signInFor(kubectl, browser, { redirect_uri: loopback, scope: 'openid' });
    let refreshToken = tokens.refresh_token ?? '';
    for (let hours = 0; hours < 3; hours++) {
      pass(50 * minute);
      const next = await client.refreshTokenGrant(kubectl, refreshToken);
      refreshToken = next.refresh_token ?? '';
    }
    const [listed] = await door.identity.sessions.list(jane.userID);
    expect(listed).toMatchObject({ kind: 'browser', clients: ['kubectl'], lastUsedAt: Date.now() });
    expect(await isSignedIn(browser)).toBe(true);
    pass(61 * minute);
    await expect(client.refreshTokenGrant(kubectl, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('serves all clients with one sign-in, and has a new id after each', async () => {
    await start();
    const browser = door.browser();
    await signInFor(config, browser, openid);
    const other = await door.relyingParty('other', 'other-secret');
    const second = await startAuthorization(other, { redirect_uri: otherRedirect, scope: 'openid' });
    const page = await browser.open(second.url);
    expect(page.body).not.toContain('name="password"');
    expect((await browser.submit(page, {}, '/consent')).url).toContain(otherRedirect);
    const before = [...browser.cookies.values()].find(({ name }) => name === 'sallyport_session')?.value;
    await signInFor(config, browser, { ...openid, prompt: 'login' });
    const after = [...browser.cookies.values()].find(({ name }) => name === 'sallyport_session')?.value;
    expect(after).not.toBe(before);
  });

  it('knows when the password was typed: prompt=login and max_age ask for it anew', async () => {
    await start();
    const browser = door.browser();
    const first = await signInFor(config, browser, { ...openid, max_age: '3600' });
    const signedInAt = Math.floor(Date.now() / 1000);
    expect(Math.abs(Number(first.tokens.claims()?.auth_time) - signedInAt)).toBeLessThan(3);
    pass(10 * minute);
    const silent = await signInFor(config, browser, { ...openid, max_age: '3600' });
    expect(silent.tokens.claims()?.auth_time).toBe(first.tokens.claims()?.auth_time);
    const asked = await browser.open((await startAuthorization(config, { ...openid, max_age: '300' })).url);
    expect(asked.body).toContain('name="password"');
    const anew = await signInFor(config, browser, { ...openid, max_age: '300' });
    expect(Number(anew.tokens.claims()?.auth_time) - signedInAt).toBeGreaterThanOrEqual(600);
    pass(minute);
    const prompted = await browser.open(
      (await startAuthorization(config, { ...openid, prompt: 'login' })).url,
    );
    expect(prompted.body).toContain('name="password"');
  });
});

describe('the sign-in page', () => {
  const ticked = (body: string) => /<input id="remember"[^>]* checked>/.test(body);

  it.each([
    [undefined, false],
    [false, false],
    [true, true],
  ])(
    'has "keep me signed in" as the configuration says: %s',
    async (rememberMeCheckedByDefault, expected) => {
      await start({ sessions: { rememberMeCheckedByDefault } });
      const browser = door.browser();
      const page = await browser.open((await startAuthorization(config, openid)).url);
      expect(ticked(page.body)).toBe(expected);
      const wrong = { username: credentials.username, password: 'wrong' };
      const refused = await browser.submit(page, { ...wrong, remember: expected ? '' : 'yes' }, '/login');
      expect(ticked(refused.body)).toBe(!expected);
      const done = await walk(browser, (await startAuthorization(config, openid)).url);
      expect(done.url).toContain(webRedirect);
      expect(/expires=/i.test(sessionCookies(browser).at(-1) ?? '')).toBe(expected);
    },
  );
});
