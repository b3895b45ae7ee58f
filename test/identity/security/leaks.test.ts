import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSealer } from '../../../src/store/index.ts';
import { approve, askForCode, poll } from '../device/support.ts';
import { codeAt, codesOn, secretOn } from '../factors/support.ts';
import { type BrowserLike, formsOf } from '../support/browser-like.ts';
import {
  type Door,
  dump,
  openDoor,
  postToken,
  redeem,
  startAuthorization,
  webClient,
  webRedirect,
} from '../support/door.ts';
import { better, cheapArgon2, good, operator } from '../support/local-accounts.ts';

const typedWrong = 'typed-wrong-4711';
const nobody = 'nobody-whom-we-know';

let door: Door;
const browsers: BrowserLike[] = [];
/** By what it is: all that somebody presented, was shown or was given. */
const secrets = new Map<string, string>();
/** What the store may have: it goes back to the client as it came. */
const ofTheRequest = new Set(['state', 'nonce']);

const keep = (what: string, value: unknown) => {
  if (typeof value !== 'string' || value.length < 8) throw new Error(`${what} is no secret: ${value}`);
  secrets.set(what, value);
};

function newBrowser(): BrowserLike {
  const browser = door.browser();
  browsers.push(browser);
  return browser;
}

/** One sign-in, by a password and an app that is enrolled on the way, up to a refreshed token; and all else that there is. */
beforeAll(async () => {
  door = await openDoor({
    clients: [{ ...webClient, secret: 'the-secret-of-web', mfaChain: ['app'] }],
    mfa: { authenticators: [{ id: 'app', type: 'TOTP', config: {} }] },
    accounts: { argon2: cheapArgon2 },
    sealer: createSealer({ current: Buffer.alloc(32, 7), previous: [] }),
    signer: { algorithm: 'ES256' },
  });
  keep('client secret', 'the-secret-of-web');
  keep('password', good);
  keep('mistyped password', typedWrong);
  keep('login of nobody', nobody);
  await door.identity.users.create(
    { email: 'amy@example.com', preferredUsername: 'amy', password: good },
    operator,
  );
  await signInWithApp();
  await signInOnDevice();
  await chooseAnotherPassword();
  for (const browser of browsers)
    for (const [at, { body, url, status, headers }] of browser.seen.entries())
      for (const form of formsOf({ body, url, status, headers, title: '' }))
        for (const [name, value] of Object.entries(form.fields))
          if (value.length > 20 && !value.startsWith('/')) keep(`field ${name} of page ${at}`, value);
  for (const [at, browser] of browsers.entries())
    for (const set of browser.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value.length >= 16) keep(`cookie ${name} of ${at}`, value);
    }
});
afterAll(() => door.close());

async function signInWithApp(): Promise<void> {
  const party = await door.relyingParty('web', 'the-secret-of-web');
  const attempt = await startAuthorization(party, {
    redirect_uri: webRedirect,
    scope: 'openid offline_access',
  });
  for (const [what, value] of Object.entries({ ...attempt, url: undefined })) if (value) keep(what, value);
  const browser = newBrowser();
  let page = await browser.open(attempt.url);
  page = await browser.submit(page, { username: nobody, password: typedWrong }, '/login');
  page = await browser.submit(page, { username: 'amy', password: typedWrong }, '/login');
  page = await browser.submit(page, { username: 'amy', password: good }, '/login');
  const seed = secretOn(page);
  keep('seed of the app', seed);
  keep('seed of the app, without spaces', seed.replaceAll(' ', ''));
  const shown = await browser.submit(page, { code: codeAt(seed, Date.now()) }, '/totp');
  for (const [at, code] of codesOn(shown).entries()) keep(`recovery code ${at}`, code);
  page = await browser.open(page.url);
  if (page.body.includes('/consent"')) page = await browser.submit(page, {}, '/consent');
  keep('code', new URL(page.url).searchParams.get('code'));
  const tokens = await redeem(party, attempt, page.url);
  keepTokens('sign-in', tokens);
  keepTokens('refresh', await client.refreshTokenGrant(party, tokens.refresh_token ?? ''));
  await postToken(door, { grant_type: 'refresh_token', client_id: 'web', client_secret: typedWrong });
  await signInByRecoveryCode();
}

async function signInByRecoveryCode(): Promise<void> {
  const party = await door.relyingParty('web', 'the-secret-of-web');
  const attempt = await startAuthorization(party, { redirect_uri: webRedirect, scope: 'openid' });
  const browser = newBrowser();
  let page = await browser.open(attempt.url);
  page = await browser.submit(page, { username: 'amy', password: good }, '/login');
  await browser.submit(page, { recovery: secrets.get('recovery code 0') ?? '' }, '/code');
}

async function signInOnDevice(): Promise<void> {
  const { body: device } = await askForCode(door, { scope: 'openid offline_access' });
  keep('device code', device.device_code);
  keep('user code', device.user_code);
  await approve(newBrowser(), device);
  keepTokens('device', (await poll(door, device.device_code)).body);
}

async function chooseAnotherPassword(): Promise<void> {
  const { id } = await door.identity.users.find('amy');
  const { token } = await door.identity.users.issueReset(id, operator);
  keep('code of a reset', token);
  keep('chosen password', better);
  const browser = newBrowser();
  const page = await browser.open(`${door.issuer}/reset`);
  await browser.submit(page, { code: token, 'new-password': better, again: better });
}

function keepTokens(of: string, tokens: object): void {
  for (const kind of ['access_token', 'refresh_token', 'id_token'])
    keep(`${kind} of ${of}`, Reflect.get(tokens, kind));
}

describe('of all that somebody presents, is shown or is given', () => {
  it('there is as much as is looked for', async () => {
    expect(secrets.size).toBeGreaterThan(40);
    const { hasPassword } = await door.identity.users.find('amy');
    expect(hasPassword).toBe(true);
    const about = door.events.map(({ action, result }) => `${action} ${result}`);
    for (const [action, result] of [
      ['sign-in', 'failure'],
      ['sign-in', 'success'],
      ['factor.add', 'success'],
      ['factor.recovery', 'success'],
      ['token.issue', 'success'],
      ['token.issue', 'failure'],
      ['device.approve', 'success'],
      ['password.reset', 'success'],
    ])
      expect(about).toContain(`${action} ${result}`);
  });

  it('nothing is in the log or the trail, whatever its level', () => {
    const log = JSON.stringify(door.log);
    for (const [what, secret] of secrets) expect(log.includes(secret), what).toBe(false);
  });

  it('nothing is in the store as it is', async () => {
    const stored = await dump(door.store);
    for (const [what, secret] of secrets)
      if (!ofTheRequest.has(what)) expect(stored.includes(secret), what).toBe(false);
  });

  it('nothing but what the protocol has there is in an address, and nothing on a page with another’s', () => {
    const inAddresses = new Set(['code', 'state', 'nonce', 'user code']);
    for (const browser of browsers)
      for (const { url, headers } of browser.seen)
        for (const [what, secret] of secrets) {
          // An interaction is named by its address; its cookies count with their signatures only.
          if (inAddresses.has(what) || /^cookie sallyport_(?:interaction|resume) of/.test(what)) continue;
          expect(url.includes(secret), `${what} in ${url}`).toBe(false);
          expect(headers.get('location')?.includes(secret) ?? false, what).toBe(false);
        }
    const typed = ['password', 'mistyped password', 'client secret', 'chosen password', 'verifier'];
    for (const browser of browsers)
      for (const { body } of browser.seen)
        for (const what of typed) expect(body.includes(secrets.get(what) ?? ''), what).toBe(false);
  });
});
