import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KeyRing } from '../../../src/identity/keys/key-ring.ts';
import { type Door, jane, openDoor, signInFor, startAuthorization, webRedirect } from '../support/door.ts';
import { rawRequest } from '../support/raw-request.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());
afterEach(() => void vi.useRealTimers());

const asked = { redirect_uri: webRedirect, scope: 'openid' };

async function signedIn() {
  const config = await door.relyingParty('web', 'web-secret');
  const browser = door.browser();
  await signInFor(config, browser, asked);
  const cookies = [...browser.cookies.values()].map(({ name, value }) => ({ name, value }));
  return { config, browser, cookies };
}

type Cookies = readonly { readonly name: string; readonly value: string }[];
const headerOf = (cookies: Cookies) => cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
const isSignature = (name: string) => name.endsWith('.sig');

describe('S-088: cookies', () => {
  const forms: Record<string, (cookies: Cookies) => string> = {
    'without their signatures': (cookies) => headerOf(cookies.filter(({ name }) => !isSignature(name))),
    'with other signatures': (cookies) =>
      headerOf(
        cookies.map((one) => (isSignature(one.name) ? { ...one, value: 'A'.repeat(one.value.length) } : one)),
      ),
    'with a changed value': (cookies) =>
      headerOf(cookies.map((one) => (isSignature(one.name) ? one : { ...one, value: `${one.value}A` }))),
    'with each other’s values': (cookies) =>
      headerOf(cookies.map((one, index) => ({ ...one, value: cookies.at(index - 1)?.value ?? '' }))),
    'behind others of their names': (cookies) =>
      `${headerOf(cookies.map((one) => ({ ...one, value: 'x' })))}; ${headerOf(cookies)}`,
  };

  it.each(Object.entries(forms))('%s are nobody’s', async (_name, change) => {
    const { cookies } = await signedIn();
    const home = async (cookie: string) => (await fetch(`${door.issuer}/`, { headers: { cookie } })).text();
    expect(await home(headerOf(cookies))).toContain(jane.email);
    expect(await home(change(cookies))).not.toContain(jane.email);
  });

  it('that are too many do no harm', async () => {
    const answer = await fetch(`${door.issuer}/`, { headers: { cookie: `x=${'y'.repeat(40_000)}` } });
    expect(answer.status).toBe(431);
    expect((await fetch(`${door.issuer}/`)).status).toBe(200);
  });

  it('are signed with secrets of this installation', async () => {
    const { entries } = await door.store.list('identity/keys/cookies');
    const other = await openDoor();
    try {
      const others = (await other.store.list('identity/keys/cookies')).entries;
      const secrets = [...entries, ...others].flatMap(({ value }) =>
        (JSON.parse(value) as KeyRing).keys.map(({ jwk }) => jwk.k),
      );
      expect(secrets).toHaveLength(2);
      expect(new Set(secrets).size).toBe(2);
      for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    } finally {
      await other.close();
    }
  });
});

describe('S-090: a session that is over by the clock', () => {
  it('is over at every route', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { config, cookies, browser } = await signedIn();
    vi.setSystemTime(Date.now() + 25 * 3_600_000);
    const cookie = headerOf(cookies);
    const get = (url: string) => fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' });
    expect(await (await get(`${door.issuer}/`)).text()).not.toContain(jane.email);
    const silent = await get((await startAuthorization(config, { ...asked, prompt: 'none' })).url);
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
    const usual = await get((await startAuthorization(config, asked)).url);
    expect(usual.headers.get('location')).toMatch(/^\/interaction\//);
    expect(await (await get(`${door.issuer}/logout`)).text()).not.toContain(jane.username);
    const interactions = browser.seen.filter(({ url }) => url.includes('/interaction/'));
    expect(interactions.length).toBeGreaterThan(1);
    for (const { url } of interactions) expect([400, 404]).toContain((await get(url)).status);
  });
});

describe('S-126: the end of a sign-in, opened before it is reached', () => {
  it.each(['continue', 'consent', 'abort'])('%s leads back to the step that is missing', async (step) => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const login = await browser.open((await startAuthorization(config, asked)).url);
    expect(login.body).toContain('name="password"');
    const uid = new URL(login.url).pathname.split('/').at(-1);
    const opened = await browser.open(`${door.issuer}/interaction/${uid}/${step}`);
    if (step === 'continue') expect(opened.body).toContain('name="password"');
    else expect(opened.status).toBe(404);
    const resumed = await browser.open(`${door.issuer}/auth/${uid}`);
    expect(new URL(resumed.url).origin).toBe(door.issuer);
    expect(resumed.url).not.toContain('code=');
  });
});

describe('S-098: what scripts and other sites may read', () => {
  it.each(['/keys', '/.well-known/openid-configuration'])(
    '%s asks no browser to upgrade plain http',
    async (path) => {
      const { headers } = await fetch(`${door.issuer}${path}`);
      expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
      expect(headers.get('strict-transport-security')).toBeNull();
    },
  );
});

describe('S-103: an address in a parameter', () => {
  const addresses = [
    '//evil.example',
    '/\\evil.example',
    '///evil.example',
    '/%09/evil.example',
    'https:evil.example',
  ];
  const more = [
    '/%5cevil.example',
    'javascript:alert(1)',
    'https://app.example@evil.example/',
    '/\r\nx: y',
    '%2f%2fevil',
  ];
  const names = [
    'back',
    'next',
    'rd',
    'return',
    'return_to',
    'redirect',
    'url',
    'continue',
    'target_link_uri',
  ];

  it.each([...addresses, ...more])('%j is followed nowhere', async (address) => {
    const query = new URLSearchParams(Object.fromEntries(names.map((name) => [name, address])));
    const { browser } = await signedIn();
    for (const path of ['/', '/logout', '/logout/continue', '/logout/success', '/auth']) {
      const page = await browser.request(`${door.issuer}${path}?${query}`);
      const target = new URL(page.headers.get('location') ?? '', door.issuer);
      expect(target.origin, path).toBe(door.issuer);
      expect(page.body, path).not.toMatch(/(?:href|action|content)="[^"]*evil/);
      expect(page.headers.get('x'), path).toBeNull();
    }
  });
});

describe('S-104: what a cache may keep', () => {
  it.each(['/.well-known/openid-configuration', '/keys'])(
    '%s does not vary with what is not its key',
    async (path) => {
      const { host } = new URL(door.issuer);
      const plain = await rawRequest(door, path, { host });
      const odd = await rawRequest(door, path, {
        host,
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-prefix': '/evil',
        'x-original-url': '/evil',
        forwarded: 'host=evil.example',
        origin: 'https://evil.example',
        'accept-language': 'de',
        cookie: 'sallyport_session=x',
      });
      expect(odd.body).toBe(plain.body);
      expect(odd.headers['cache-control']).toBe(plain.headers['cache-control']);
      expect(plain.headers['set-cookie']).toBeUndefined();
      expect(odd.headers['set-cookie']).toBeUndefined();
    },
  );

  it('pages that speak the reader’s language say so', async () => {
    expect((await fetch(`${door.issuer}/`)).headers.get('vary')).toContain('Accept-Language');
  });
});

describe('S-107: the pages’ own files', () => {
  it.each([
    '/static/',
    '/static/.env',
    '/static/../package.json',
    '/static/..%2fpackage.json',
    '/static/%2e%2e/package.json',
    '/static/..%5cpackage.json',
    '/static/Styles.css',
    '/static/%73tyles.css%00',
    '/static//styles.css',
  ])('%s is not one', async (path) => {
    const { status } = await rawRequest(door, path, { host: new URL(door.issuer).host });
    expect([400, 404, 421]).toContain(status);
  });
});
