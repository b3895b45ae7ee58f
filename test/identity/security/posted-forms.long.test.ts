import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserLike, formsOf } from '../support/browser-like.ts';
import { type Door, jane, openDoor, signInFor, webRedirect } from '../support/door.ts';
import { loginPage } from '../support/login-page.ts';

const source = join(import.meta.dirname, '../../../src/identity');

/** Every address that a form of a page is posted to, by the file that takes it. UID: of a sign-in that has begun. */
const routes: Readonly<Record<string, readonly string[]>> = {
  'interaction/interactions.ts': [
    '/interaction/UID/login',
    '/interaction/UID/passkey',
    '/interaction/UID/consent',
    '/interaction/UID/abort',
  ],
  'interaction/second-factor.ts': [
    '/interaction/UID/factor/code',
    '/interaction/UID/factor/passkey',
    '/interaction/UID/factor/enrol/totp',
    '/interaction/UID/factor/enrol/passkey',
  ],
  'interaction/language.ts': ['/language/'],
  'interaction/reset.ts': ['/reset/'],
  'account/account-sessions.ts': ['/account/sessions/end', '/account/sessions/end-others'],
  'account/account-password.ts': ['/account/password'],
  'account/account-applications.ts': ['/account/applications/revoke'],
  'account/account-factors.ts': [
    '/account/factors/add/totp',
    '/account/factors/add/passkey',
    '/account/factors/rename',
    '/account/factors/remove',
    '/account/recovery-codes',
  ],
  'device/device-page.ts': ['/device/', '/device/auth/verify_code', '/device/confirm'],
};
/** The provider's own, with a token of its own. */
const ofTheProvider = '/logout/confirm';
/** Whose pages lead back to themselves when the token was another session's: by what the form's address begins with. */
const pages: readonly (readonly [string, string])[] = [
  ['/interaction/UID/factor/', '/interaction/UID/factor'],
  ['/interaction/UID/', '/interaction/UID'],
  ['/account/factors/add/', '/account/factors/add'],
  ['/account/password', '/account/password'],
  ['/account/', '/account'],
  ['/reset/', '/reset'],
  ['/device/', '/device'],
];
const pageOf = (path: string) =>
  (pages.find(([start]) => path.startsWith(start))?.[1] ?? '').replace('UID', uid);
/** What these change is a cookie that opens nothing: they look at where the request comes from alone. */
const withoutToken = ['/language/', '/device/auth/verify_code'];
/** Forms for people whom nobody knows yet. */
const signIns = ['/interaction/UID/login', '/interaction/UID/passkey'];
/** For programs, which show a token of their own and have no session. */
const ofPrograms = ['account/own-sessions.ts', 'registration/registration-endpoint.ts'];

const paths = [...Object.values(routes).flat(), ofTheProvider];

let door: Door;
let browser: BrowserLike;
let token: string;
let others: string;
let uid: string;

const tokenOn = (page: Parameters<typeof formsOf>[0]) => formsOf(page)[0]?.fields['csrf'] ?? '';

beforeAll(async () => {
  door = await openDoor();
  browser = door.browser();
  const config = await door.relyingParty('web', 'web-secret');
  await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid offline_access' });
  const { page } = await loginPage(door, browser, { prompt: 'login' });
  token = tokenOn(page);
  uid = new URL(page.url).pathname.split('/').at(-1) ?? '';
  others = tokenOn((await loginPage(door)).page);
});
afterAll(() => door.close());

/** With a password that would be right, and whatever else the forms ask for. */
function post(path: string, csrf: string | undefined, headers: Record<string, string> = {}) {
  const fields = {
    ...{ username: 'jane', password: 'password', lang: 'en', decision: 'approve', logout: 'yes', id: 'x' },
    ...(csrf === undefined ? {} : { csrf, xsrf: csrf }),
  };
  const body = new URLSearchParams(fields);
  return browser.request(door.issuer + path.replace('UID', uid), { method: 'POST', headers, body });
}

const isSignedIn = async () => (await browser.request(`${door.issuer}/`)).body.includes(jane.email);

describe('S-094: what changes something', () => {
  it('is all here', () => {
    const found = globSync('**/*.ts', { cwd: source }).flatMap((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      const count = text.match(/outer\.(?:post|put|patch|delete|all)\(/g)?.length ?? 0;
      return count === 0 || ofPrograms.includes(file) ? [] : [[file, count]];
    });
    const listed = Object.entries(routes).map(([file, { length }]) => [file, length]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(listed));
  });

  it.each(paths)('%s wants the token of its own session', async (path) => {
    for (const csrf of [undefined, '', 'x', others]) {
      const { status, headers } = await post(path, csrf);
      if (withoutToken.includes(path)) expect(status, csrf).toBe(303);
      // The sign-in asks again, as whoever is there may be in the middle of it.
      else if (signIns.includes(path))
        expect([status, headers.get('location')], csrf).toEqual([303, `/interaction/${uid}`]);
      else if (path === ofTheProvider)
        expect([status, headers.get('location')], csrf).toEqual([303, `${door.issuer}/logout`]);
      else if (csrf === others) expect([status, headers.get('location')]).toEqual([303, pageOf(path)]);
      else expect([status, headers.get('location')], csrf).toEqual([403, null]);
    }
    expect(await isSignedIn()).toBe(true);
  });

  it.each(paths)('%s takes nothing that another site has sent', async (path) => {
    const origins = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of origins) {
      const answer = await post(path, token, headers);
      const seen = [answer.status, answer.headers.get('location')];
      expect(seen, JSON.stringify(headers)).toEqual([403, null]);
    }
    expect(await isSignedIn()).toBe(true);
  });

  // The sign-in last: with it the session has another token.
  const ours = paths.filter((path) => path !== ofTheProvider).reverse();
  it.each(ours)('%s takes its own', async (path) => {
    const { status } = await post(path, token, { 'sec-fetch-site': 'same-origin', origin: door.issuer });
    expect(status).not.toBe(403);
  });
});
