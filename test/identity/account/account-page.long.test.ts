import { refreshTokenGrant } from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeAt, codesOn, optionsOn, secretOn } from '../factors/support.ts';
import { type BrowserLike, formsOf, type PageSeen, textOf } from '../support/browser-like.ts';
import { type Door, jane, loopback, openDoor, signInFor } from '../support/door.ts';
import { better, cheapArgon2, good, operator } from '../support/local-accounts.ts';
import { createSoftPasskey } from '../support/soft-passkey.ts';

const minute = 60_000;
let door: Door;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  door = await openDoor({
    hostname: 'localhost',
    accounts: { argon2: cheapArgon2 },
    mfa: { requiredForGroups: ['careful'] },
  });
  await door.identity.groups.create({ name: 'careful' }, operator);
});
afterAll(async () => {
  vi.useRealTimers();
  await door.close();
});

const later = (ms: number) => void vi.setSystemTime(Date.now() + ms);

let count = 0;
let login: { username: string; password: string };
let accountId: string;
beforeEach(async () => {
  await newPerson();
});

async function newPerson(groups: string[] = []): Promise<void> {
  const username = `eve${++count}`;
  login = { username, password: good };
  const user = await door.identity.users.create(
    {
      email: `${username}@example.com`,
      preferredUsername: username,
      name: 'Eve <b>',
      password: good,
      groups,
    },
    operator,
  );
  accountId = user.id;
}

/** Opens one of the account's pages, and signs in where that is asked for. */
async function open(browser: BrowserLike, path = '/account', as = login): Promise<PageSeen> {
  let page = await browser.open(`${door.issuer}${path}`);
  if (page.body.includes('name="password"') && !page.url.endsWith('/password'))
    page = await browser.submit(page, as, '/login');
  return confirm(browser, page);
}

/** An issuer on localhost could be any program there: it asks once more. */
async function confirm(browser: BrowserLike, page: PageSeen): Promise<PageSeen> {
  return page.body.includes('/consent"') ? browser.submit(page, {}, '/consent') : page;
}

async function withApp(browser: BrowserLike) {
  const page = await open(browser, '/account/factors/add');
  const secret = secretOn(page);
  const shown = await browser.submit(page, { code: codeAt(secret, Date.now()) }, '/totp');
  later(30_000);
  return { secret, codes: codesOn(shown) };
}

describe('/account', () => {
  it('is for who is signed in, and shows who that is', async () => {
    const page = await open(door.browser());
    expect([page.status, page.url]).toEqual([200, `${door.issuer}/account`]);
    for (const text of ['Eve <b>', `${login.username}@example.com`, 'Where you are signed in', 'this one'])
      expect(textOf(page)).toContain(text);
    expect(page.body).not.toContain('<b>');
    expect(page.headers.get('content-security-policy')).not.toContain('script-src');
  });

  it('speaks Swedish', async () => {
    const page = await open(door.browser({ 'accept-language': 'sv' }));
    expect(page.title).toBe('Ditt konto och säkerhet – Sallyport');
  });

  it('takes no form without the session’s token, nor one of another site', async () => {
    const browser = door.browser();
    await open(browser);
    for (const path of [
      'factors/add/totp',
      'factors/add/passkey',
      'factors/rename',
      'factors/remove',
      'recovery-codes',
      'sessions/end',
      'sessions/end-others',
      'applications/revoke',
      'password',
    ]) {
      const url = `${door.issuer}/account/${path}`;
      const own = { origin: door.issuer, 'sec-fetch-site': 'same-origin' };
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      for (const headers of [own, foreign])
        expect((await browser.request(url, { method: 'POST', headers })).status).toBe(403);
    }
  });
});

describe('second factors there', () => {
  it('are added, and asked for from the next sign-in on', async () => {
    const browser = door.browser();
    const { codes } = await withApp(browser);
    expect(codes).toHaveLength(10);
    const page = await open(browser);
    expect(textOf(page)).toContain('Authenticator app');
    expect(textOf(page)).toContain('10 of 10 are left.');
    const elsewhere = await open(door.browser());
    expect(elsewhere.title).toBe('Confirm that it is you – Sallyport');
  });

  it('S-127: want a sign-in of the last ten minutes', async () => {
    const browser = door.browser();
    await open(browser);
    later(11 * minute);
    const page = await browser.open(`${door.issuer}/account/factors/add`);
    expect(page.body).toContain('name="password"');
    const back = await confirm(browser, await browser.submit(page, login, '/login'));
    expect(back.url).toBe(`${door.issuer}/account/factors/add`);
  });

  it('are not to be had with the password alone by who has one', async () => {
    const before = door.browser();
    await open(before);
    await withApp(door.browser());
    // A session from before the factor does not do any more.
    const page = await confirm(before, await before.open(`${door.issuer}/account`));
    expect(page.title).toBe('Confirm that it is you – Sallyport');
  });

  it('are renamed and removed, and their recovery codes go with the last', async () => {
    const browser = door.browser();
    await withApp(browser);
    let page = await open(browser);
    page = await browser.submit(page, { name: 'My phone' }, '/factors/rename');
    expect(textOf(page)).toContain('My phone');
    page = await browser.submit(page, {}, '/factors/remove');
    expect(textOf(page)).toContain('Removed.');
    expect(await door.identity.factors.list(accountId)).toEqual({ factors: [], recoveryCodes: undefined });
  });

  it('stay when one is required and it is the last', async () => {
    await newPerson(['careful']);
    const browser = door.browser();
    const enrol = await open(browser);
    expect(enrol.title).toBe('Add a second factor – Sallyport');
    const secret = secretOn(enrol);
    await browser.submit(enrol, { code: codeAt(secret, Date.now()) }, '/totp');
    const page = await confirm(browser, await browser.open(enrol.url));
    const refused = await browser.submit(page, {}, '/factors/remove');
    expect(textOf(refused)).toContain('You need a second factor here');
    expect((await door.identity.factors.list(accountId)).factors).toHaveLength(1);
  });

  it('may be several passkeys, each with its name', async () => {
    const browser = door.browser();
    for (const name of ['Laptop', 'Key ring']) {
      const page = await open(browser, '/account/factors/add');
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      const credential = createSoftPasskey(door.issuer).create(optionsOn(page));
      await browser.submit(page, { credential, name }, '/passkey');
    }
    const { factors } = await door.identity.factors.list(accountId);
    expect(factors.map(({ name }) => name)).toEqual(['Laptop', 'Key ring']);
  });

  it('go with the account', async () => {
    await withApp(door.browser());
    await door.identity.users.delete(accountId, operator);
    expect((await door.identity.factors.list(accountId)).factors).toEqual([]);
  });

  it('get new recovery codes, shown once', async () => {
    const browser = door.browser();
    const { codes } = await withApp(browser);
    const shown = await browser.submit(await open(browser), {}, '/recovery-codes');
    expect(codesOn(shown)).toHaveLength(10);
    expect(codesOn(shown)).not.toEqual(codes);
    expect([shown.status, shown.url]).toEqual([200, `${door.issuer}/account/recovery-codes`]);
    const again = await browser.open(shown.url);
    expect([again.title, codesOn(again)]).toEqual(['The recovery codes were shown – Sallyport', []]);
    // Nor is there anything for another browser of the same person, or in the store.
    const { entries } = await door.store.list('identity/');
    for (const one of codesOn(shown)) expect(entries.some(({ value }) => value.includes(one))).toBe(false);
    expect(codesOn(await open(browser))).toEqual([]);
  });

  it('are those of static accounts too', async () => {
    const browser = door.browser();
    const page = await open(browser, '/account/factors/add', { username: 'jane', password: 'password' });
    const secret = secretOn(page);
    await browser.submit(page, { code: codeAt(secret, Date.now()) }, '/totp');
    expect((await door.identity.factors.list(jane.userID)).factors).toHaveLength(1);
    await door.identity.factors.reset(jane.userID, operator);
  });
});

describe('sessions there', () => {
  it('are ended one by one, or all but this one', async () => {
    const [browser, other, third] = [
      door.browser(),
      door.browser({ 'user-agent': 'kubelogin/1 (linux)' }),
      door.browser(),
    ];
    for (const one of [other, third]) await open(one);
    const page = await open(browser);
    const forms = formsOf(page).filter(({ action }) => action.endsWith('/sessions/end'));
    expect(forms).toHaveLength(2);
    const after = await browser.submit(page, forms[0]?.fields, '/sessions/end');
    expect(textOf(after)).toContain('Signed out there.');
    expect(await door.identity.sessions.list(accountId)).toHaveLength(2);
    await browser.submit(after, {}, '/sessions/end-others');
    expect(await door.identity.sessions.list(accountId)).toHaveLength(1);
    expect((await open(browser)).url).toBe(`${door.issuer}/account`);
    const gone = await third.open(`${door.issuer}/account`);
    expect(gone.body).toContain('name="password"');
  });

  it('are only one’s own', async () => {
    const config = await door.relyingParty('kubectl');
    const parameters = { redirect_uri: loopback, scope: 'openid offline_access' };
    await signInFor(config, door.browser(), parameters, { username: 'bob', password: 'password' });
    const [bobs] = await door.identity.sessions.list('id-bob');
    const browser = door.browser();
    await open(door.browser());
    await browser.submit(await open(browser), { id: bobs?.id ?? '' }, '/sessions/end');
    expect(await door.identity.sessions.list('id-bob')).not.toHaveLength(0);
  });
});

describe('applications there', () => {
  const parameters = { redirect_uri: loopback, scope: 'openid offline_access' };

  it('are taken back their tokens, and the gateway knows at once', async () => {
    const config = await door.relyingParty('kubectl');
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, parameters, login);
    const page = await open(browser);
    expect(textOf(page)).toMatch(/Applications .*kubectl Since .*stay signed in while you are away/);
    const after = await browser.submit(page, {}, '/applications/revoke');
    expect(textOf(after)).toContain('Taken back.');
    expect(textOf(after)).toContain('No application acts as you now.');
    expect(door.identity.isEnded(String(tokens.claims()?.['sid']))).toBe(true);
    await expect(refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(door.events.filter(({ action }) => action === 'session.end').at(-1)).toMatchObject({
      subject: accountId,
      client: 'kubectl',
      detail: 'request',
    });
  });

  it('are only one’s own, and stay when another one is meant', async () => {
    const config = await door.relyingParty('kubectl');
    const bobs = { username: 'bob', password: 'password' };
    const { tokens } = await signInFor(config, door.browser(), parameters, bobs);
    const browser = door.browser();
    await signInFor(config, browser, parameters, login);
    const page = await open(browser);
    await browser.submit(page, { client: 'another' }, '/applications/revoke');
    expect(textOf(await open(browser))).toContain('kubectl Since');
    await browser.submit(page, { client: 'kubectl' }, '/applications/revoke');
    expect(door.identity.isEnded(String(tokens.claims()?.['sid']))).toBe(false);
    expect((await refreshTokenGrant(config, tokens.refresh_token ?? '')).access_token).toBeTruthy();
  });
});

describe('the password there', () => {
  it('S-121: is changed by the current one, and signs out everywhere', async () => {
    const browser = door.browser();
    await open(browser);
    const form = await browser.open(`${door.issuer}/account/password`);
    const next = { 'new-password': better, again: better };
    const refused = await browser.submit(form, { ...next, password: 'wrong' }, '/password');
    expect(refused.title).toMatch(/^Error: /);
    const saved = await browser.submit(refused, { ...next, password: good }, '/password');
    expect(saved.title).toBe('Your password is saved – Sallyport');
    expect(await door.identity.sessions.list(accountId)).toEqual([]);
  });

  it('of a static account is not', async () => {
    const browser = door.browser();
    const page = await open(browser, '/account', { username: 'jane', password: 'password' });
    expect(page.body).not.toContain('/account/password');
    expect((await browser.open(`${door.issuer}/account/password`)).url).toBe(`${door.issuer}/account`);
  });
});

describe('the device page', () => {
  it('lets no device in by a session that lacks the factor which its client demands', async () => {
    const own = await openDoor({
      mfa: { authenticators: [{ id: 'app', type: 'TOTP', config: {} }] },
      clients: [{ id: 'tv', public: true, mfaChain: ['app'] }],
    });
    try {
      const answer = await fetch(`${own.issuer}/device/code`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'tv', scope: 'openid' }),
      });
      const device = (await answer.json()) as Record<string, string>;
      const browser = own.browser();
      let page = await browser.open(device['verification_uri_complete'] ?? '');
      page = await browser.submit(page, { username: 'jane', password: 'password' }, '/login');
      page = await confirm(browser, page);
      page = await browser.submit(page, {}, '/device');
      page = await browser.submit(page, { decision: 'approve' }, '/confirm');
      expect(page.title).toBe('Add a second factor – Sallyport');
      const secret = secretOn(page);
      await browser.submit(page, { code: codeAt(secret, Date.now()) }, '/totp');
      page = await confirm(browser, await browser.open(page.url));
      page = await browser.submit(page, { decision: 'approve' }, '/confirm');
      expect(textOf(page)).toContain('The device is signed in');
      const body = {
        client_id: 'tv',
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: device['device_code'] ?? '',
      };
      const token = await fetch(`${own.issuer}/token`, { method: 'POST', body: new URLSearchParams(body) });
      const { id_token: idToken = '' } = (await token.json()) as Record<string, string>;
      const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
      expect(claims).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: 'mfa' });
    } finally {
      await own.close();
    }
  });
});
