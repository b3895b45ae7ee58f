import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type BrowserLike, type PageSeen, textOf } from '../support/browser-like.ts';
import {
  type Attempt,
  type credentials,
  type Door,
  type DoorOptions,
  dump,
  openDoor,
  redeem,
  startAuthorization,
  webClient,
  webRedirect,
} from '../support/door.ts';
import { cheapArgon2, good, operator } from '../support/local-accounts.ts';
import { createSoftPasskey } from '../support/soft-passkey.ts';
import { codeAt, codesOn, optionsOn, secretOn } from './support.ts';

const step = 30_000;
const config = {
  authenticators: [
    { id: 'app', type: 'TOTP', config: {} },
    { id: 'key', type: 'WebAuthn', config: {} },
  ],
  defaultMFAChain: [],
  requiredForGroups: ['careful'],
} as const;
const chained = (id: string, mfaChain?: readonly string[]) => ({ ...webClient, id, name: id, mfaChain });
const wrong = 'That is not right, not valid any more, or was used already.';

let clock = Date.now();
let door: Door;
const options: DoorOptions = {
  hostname: 'localhost',
  mfa: config,
  now: () => clock,
  accounts: { argon2: cheapArgon2 },
  clients: [chained('web'), chained('bank', ['app']), chained('vault', ['key'])],
};

beforeAll(async () => {
  door = await openDoor(options);
  await door.identity.groups.create({ name: 'careful' }, operator);
});
afterAll(() => door.close());

let count = 0;
let person: { id: string; login: typeof credentials };
beforeEach(async () => {
  person = await newPerson();
});

async function newPerson(groups: string[] = [], at = door) {
  const username = `ann${++count}`;
  const user = await at.identity.users.create(
    { email: `${username}@example.com`, preferredUsername: username, name: 'Ann', password: good, groups },
    operator,
  );
  return { id: user.id, login: { username, password: good } };
}

interface Walk {
  readonly browser: BrowserLike;
  readonly page: PageSeen;
  tokens(page: PageSeen): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers>;
}

/** From the application to wherever the password leads. */
async function begin(
  clientId: string,
  browser = door.browser(),
  parameters: Record<string, string> = {},
  login = person.login,
): Promise<Walk> {
  const party = await door.relyingParty(clientId, webClient.secret);
  const attempt: Attempt = await startAuthorization(party, {
    redirect_uri: webRedirect,
    scope: 'openid',
    ...parameters,
  });
  let page = await browser.open(attempt.url);
  if (page.body.includes('name="password"')) page = await browser.submit(page, login, '/login');
  return {
    browser,
    page,
    async tokens(at) {
      let end = at;
      if (end.body.includes('/consent"')) end = await browser.submit(end, {}, '/consent');
      return redeem(party, attempt, end.url);
    },
  };
}

/** Enrols an app for the person, by way of the application that demands one. */
async function withApp() {
  const walk = await begin('bank');
  const secret = secretOn(walk.page);
  const shown = await walk.browser.submit(walk.page, { code: codeAt(secret, clock) }, '/totp');
  clock += step;
  return { ...walk, secret, shown, codes: codesOn(shown) };
}

const claimsOf = async (walk: Walk, page: PageSeen) => (await walk.tokens(page)).claims();
const isSignIn = (page: PageSeen) => page.body.includes('name="password"');

describe('a client with a chain', () => {
  it('leads through the enrolment of an app, shows recovery codes once, and goes on', async () => {
    const { page, shown, browser, ...walk } = await withApp();
    expect(page.title).toBe('Add a second factor – Sallyport');
    expect(codesOn(shown)).toHaveLength(10);
    expect(shown.headers.get('cache-control')).toContain('no-store');
    const end = await browser.open(`${page.url}`);
    expect(await claimsOf({ ...walk, browser, page }, end)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'mfa',
      auth_time: expect.any(Number),
    });
  });

  it('gives nothing before the factor is shown: no code, no session', async () => {
    await withApp();
    const { browser, page } = await begin('bank');
    expect(page.title).toBe('Confirm that it is you – Sallyport');
    expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
    const uid = new URL(page.url).pathname.split('/')[2];
    const early = await browser.open(`${door.issuer}/interaction/${uid}/continue`);
    expect(isSignIn(early)).toBe(true);
  });

  it('takes a code, says the same of a wrong and a used one, and keeps the typed code to itself', async () => {
    const { secret } = await withApp();
    const code = codeAt(secret, clock);
    const first = await begin('bank');
    const refused = await first.browser.submit(first.page, { code: '123456' }, '/code');
    expect([refused.status, refused.title]).toEqual([200, 'Error: Confirm that it is you – Sallyport']);
    expect(textOf(refused)).toContain(wrong);
    const end = await first.browser.submit(refused, { code }, '/code');
    expect(await claimsOf(first, end)).toMatchObject({ acr: 'mfa' });
    const second = await begin('bank');
    const again = await second.browser.submit(second.page, { code }, '/code');
    expect(textOf(again)).toContain(wrong);
    expect(JSON.stringify(door.log)).not.toContain(code);
  });

  it('remembers in the browser’s session what was shown, until prompt=login', async () => {
    const { secret, ...walk } = await withApp();
    await walk.browser.open(walk.page.url);
    const next = await begin('bank', walk.browser);
    expect(await claimsOf(next, next.page)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
    const anew = await begin('bank', walk.browser, { prompt: 'login' });
    expect(anew.page.title).toBe('Confirm that it is you – Sallyport');
    const end = await walk.browser.submit(anew.page, { code: codeAt(secret, clock) }, '/code');
    expect(await claimsOf(anew, end)).toMatchObject({ acr: 'mfa' });
  });

  it('asks for the factor alone when the session has the password already, and keeps its auth_time', async () => {
    const walk = await begin('web');
    const before = await claimsOf(walk, walk.page);
    expect(before).toMatchObject({ amr: ['pwd'], acr: '1fa' });
    const more = await begin('bank', walk.browser);
    expect(more.page.title).toBe('Add a second factor – Sallyport');
    const secret = secretOn(more.page);
    await walk.browser.submit(more.page, { code: codeAt(secret, clock) }, '/totp');
    const end = await walk.browser.open(more.page.url);
    expect(await claimsOf(more, end)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      auth_time: before?.['auth_time'],
    });
  });

  it('has prompt=none refused while a factor is missing', async () => {
    const walk = await begin('web');
    await walk.tokens(walk.page);
    const { page } = await begin('bank', walk.browser, { prompt: 'none' });
    expect(new URL(page.url).searchParams.get('error')).toBe('login_required');
  });

  it('lets a recovery code stand in, and says so in amr', async () => {
    const { codes } = await withApp();
    const walk = await begin('bank');
    const end = await walk.browser.submit(walk.page, { recovery: codes[3] ?? '' }, '/code');
    expect(await claimsOf(walk, end)).toMatchObject({ amr: ['pwd', 'recovery', 'mfa'], acr: 'mfa' });
  });

  it('S-127: lets nobody enrol another kind before they have shown the one they have', async () => {
    await withApp();
    const walk = await begin('vault');
    expect(walk.page.title).toBe('Confirm that it is you – Sallyport');
    const base = walk.page.url;
    const passkey = createSoftPasskey(door.issuer);
    const forged = {
      credential: passkey.create(JSON.stringify({ user: { id: 'AAAA' }, challenge: 'AAAA' })),
    };
    const csrf = /name="csrf" value="([^"]+)"/.exec(walk.page.body)?.[1] ?? '';
    const answer = await walk.browser.request(`${base}/enrol/passkey`, {
      method: 'POST',
      headers: { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ ...forged, csrf }),
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, new URL(base).pathname]);
    expect((await door.identity.factors.list(person.id)).factors).toHaveLength(1);
  });
});

describe('a passkey', () => {
  async function withPasskey() {
    const walk = await begin('vault');
    const passkey = createSoftPasskey(door.issuer);
    const credential = passkey.create(optionsOn(walk.page));
    const shown = await walk.browser.submit(walk.page, { credential, name: 'Laptop' }, '/enrol/passkey');
    return { ...walk, passkey, shown };
  }

  it('is enrolled where it is demanded', async () => {
    const { shown, page, browser, ...walk } = await withPasskey();
    expect(codesOn(shown)).toHaveLength(10);
    const end = await browser.open(page.url);
    expect(await claimsOf({ ...walk, browser, page }, end)).toMatchObject({
      amr: ['pwd', 'hwk', 'user', 'mfa'],
      acr: 'phr',
    });
  });

  it('comes second after the password', async () => {
    const { passkey } = await withPasskey();
    const walk = await begin('vault');
    const credential = passkey.get(optionsOn(walk.page));
    const end = await walk.browser.submit(walk.page, { credential }, '/factor/passkey');
    expect(await claimsOf(walk, end)).toMatchObject({ amr: ['pwd', 'hwk', 'user', 'mfa'] });
  });

  it('signs in without a password, and its page may run the site’s script and no other', async () => {
    const { passkey } = await withPasskey();
    const browser = door.browser();
    const party = await door.relyingParty('vault', webClient.secret);
    const attempt = await startAuthorization(party, { redirect_uri: webRedirect, scope: 'openid' });
    const page = await browser.open(attempt.url);
    expect(page.headers.get('content-security-policy')).toContain(";script-src 'self'");
    expect(page.body).not.toMatch(/<script(?![^>]* src="\/static\/pass(?:keys|words)\.js)/);
    expect(page.body).toContain('autocomplete="username webauthn"');
    const credential = passkey.get(optionsOn(page));
    let end = await browser.submit(page, { credential }, '/passkey');
    if (end.body.includes('/consent"')) end = await browser.submit(end, {}, '/consent');
    const tokens = await redeem(party, attempt, end.url);
    expect(tokens.claims()).toMatchObject({ sub: person.id, amr: ['hwk', 'user', 'mfa'], acr: 'phr' });
  });

  it('that is not known is refused on the sign-in page', async () => {
    const walk = await begin('web', door.browser(), {}, { username: 'nobody', password: 'x' });
    const credential = createSoftPasskey(door.issuer).get(optionsOn(walk.page));
    const refused = await walk.browser.submit(walk.page, { credential }, '/passkey');
    expect(refused.title).toMatch(/^Error: /);
    expect(textOf(refused)).toContain(wrong);
    expect(isSignIn(refused)).toBe(true);
  });

  it('that was copied does not make the password enough: a recovery code is asked for', async () => {
    const { passkey, shown } = await withPasskey();
    const first = await begin('vault');
    const [options, [code = '']] = [optionsOn(first.page), codesOn(shown)];
    const refused = await first.browser.submit(
      first.page,
      { credential: passkey.get(options, { counter: 1 }) },
      '/factor/passkey',
    );
    expect(textOf(refused)).toContain(wrong);
    const { browser, page } = await begin('web');
    expect(page.title).toBe('Confirm that it is you – Sallyport');
    expect(page.body).not.toContain('data-passkey');
    expect(new URL((await browser.submit(page, { recovery: code }, '/code')).url).pathname).toContain(
      '/interaction/',
    );
    expect((await door.identity.factors.list(person.id)).recoveryCodes?.left).toBe(9);
  });

  it('from another browser’s page is refused', async () => {
    const { passkey } = await withPasskey();
    const [one, other] = [await begin('vault'), await begin('vault')];
    const credential = passkey.get(optionsOn(other.page));
    const refused = await one.browser.submit(one.page, { credential }, '/factor/passkey');
    expect([refused.status, textOf(refused).includes(wrong)]).toEqual([200, true]);
  });
});

describe('who has a factor', () => {
  it('is asked for it by every client', async () => {
    await withApp();
    expect((await begin('web')).page.title).toBe('Confirm that it is you – Sallyport');
  });

  it('and is in a group that needs one is led to it', async () => {
    const member = await newPerson(['careful']);
    const { page } = await begin('web', door.browser(), {}, member.login);
    expect(page.title).toBe('Add a second factor – Sallyport');
    expect(page.body).toContain('data-passkey="create"');
  });

  it('is not signed in by what was pending when the password was replaced', async () => {
    const { secret } = await withApp();
    const walk = await begin('bank');
    clock += 1;
    await door.identity.users.setPassword(person.id, 'another good password', operator);
    const page = await walk.browser.submit(walk.page, { code: codeAt(secret, clock) }, '/code');
    expect(isSignIn(page)).toBe(true);
  });
});

describe('S-111: wrong codes', () => {
  it('are slowed down with a word on when to try again, and ten end the sign-in', async () => {
    const { secret } = await withApp();
    const walk = await begin('bank');
    let { page } = walk;
    for (let tries = 0; tries < 9; tries++)
      page = await walk.browser.submit(page, { code: '000000' }, '/code');
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '1']);
    expect(textOf(page)).toContain('Too many attempts. Try again in 1 second.');
    page = await walk.browser.submit(page, { code: '000000' }, '/code');
    expect(new URL(page.url).searchParams.get('error')).toBe('login_required');
    // The owner begins anew, and is not locked out.
    clock += 1000;
    const anew = await begin('bank');
    const end = await anew.browser.submit(anew.page, { code: codeAt(secret, clock) }, '/code');
    expect(await claimsOf(anew, end)).toMatchObject({ acr: 'mfa' });
  });
});

describe('acr_values', () => {
  it('ask for more, and are announced', async () => {
    const party = await door.relyingParty('web', webClient.secret);
    expect(party.serverMetadata().acr_values_supported).toEqual(['1fa', 'mfa', 'phr']);
    const plain = await begin('web', door.browser(), { acr_values: 'unknown 1fa' });
    expect(await claimsOf(plain, plain.page)).toMatchObject({ acr: '1fa' });
    const more = await begin('web', plain.browser, { acr_values: 'mfa' });
    expect(more.page.title).toBe('Add a second factor – Sallyport');
  });
});

describe('codes and refresh tokens', () => {
  it('of before a factor was required are worth nothing after', async () => {
    const own = await openDoor({ ...options, clients: [chained('web', [])] });
    onTestFinished(() => own.close());
    const [before, login] = [door, (await newPerson([], own)).login];
    door = own;
    try {
      const party = await own.relyingParty('web', webClient.secret);
      const walk = await begin('web', own.browser(), { scope: 'openid offline_access' }, login);
      const { refresh_token: token = '' } = await walk.tokens(walk.page);
      const next = await client.refreshTokenGrant(party, token);
      await own.identity.reload({ clients: [chained('web', ['app'])], passwords: [] });
      await expect(client.refreshTokenGrant(party, next.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    } finally {
      door = before;
    }
  });
});

describe('the store', () => {
  it('holds neither secrets nor codes that were shown', async () => {
    const own = await withApp();
    const text = await dump(door.store);
    for (const code of own.codes) expect(text).not.toContain(code.replaceAll('-', ''));
    expect(JSON.stringify(door.log)).not.toContain(own.secret.replaceAll(' ', ''));
  });
});
