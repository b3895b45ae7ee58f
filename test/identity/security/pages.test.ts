import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForCode, enterCode } from '../device/support.ts';
import { formsOf, textOf } from '../support/browser-like.ts';
import {
  bob,
  type Door,
  jane,
  loopback,
  openDoor,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from '../support/door.ts';
import { loginPage } from '../support/login-page.ts';
import { rawRequest } from '../support/raw-request.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('S-094: forms from elsewhere', () => {
  /** With a password that would be right. */
  async function send(headers: Record<string, string>, fields: Record<string, string>) {
    const { browser, page } = await loginPage(door);
    const form = formsOf(page)[0];
    const answer = await browser.request(form?.action ?? '', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...form?.fields, username: 'jane', password: 'password', ...fields }),
    });
    const home = await browser.request(`${door.issuer}/`);
    return { answer, page, isSignedIn: home.body.includes(jane.email) };
  }

  it.each<[string, Record<string, string>]>([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['from another origin, by an old browser', { origin: 'https://evil.example' }],
  ])('%s are refused', async (_name, headers) => {
    const { answer, isSignedIn } = await send(headers, {});
    expect([answer.status, answer.headers.get('location'), isSignedIn]).toEqual([403, null, false]);
  });

  it.each<[string, Record<string, string>]>([
    ['without a token', { csrf: '' }],
    ['with another browser’s token', { csrf: Buffer.alloc(32).toString('base64url') }],
  ])('%s are not taken: the sign-in asks again', async (_name, fields) => {
    const { answer, page, isSignedIn } = await send({}, fields);
    const location = new URL(page.url).pathname;
    expect([answer.status, answer.headers.get('location'), isSignedIn]).toEqual([303, location, false]);
  });

  it('S-024: an interaction belongs to the browser that began it', async () => {
    const attacker = await loginPage(door);
    const victim = await loginPage(door);
    const answer = await victim.browser.request(attacker.page.url);
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toContain('This sign-in is over');
    const own = formsOf(victim.page)[0];
    const posted = await victim.browser.request(formsOf(attacker.page)[0]?.action ?? '', {
      method: 'POST',
      body: new URLSearchParams({ ...own?.fields, username: 'jane', password: 'password' }),
    });
    // Back to a page that this browser is not shown.
    const location = new URL(attacker.page.url).pathname;
    expect([posted.status, posted.headers.get('location')]).toEqual([303, location]);
  });

  it('S-105 T13: two sign-ins in two tabs do not mix', async () => {
    const browser = door.browser();
    const first = await loginPage(door, browser);
    const second = await loginPage(door, browser);
    const credentials = { username: 'jane', password: 'password' };
    const one = await browser.submit(first.page, credentials, '/login');
    expect(new URL(one.url).searchParams.has('code')).toBe(true);
    // The session has changed with the first: the second goes on with whoever is signed in, by a button of its own.
    const asked = await browser.submit(second.page, credentials, '/login');
    expect(textOf(asked)).toContain('You are signed in as Jane');
    const two = await browser.submit(asked, {}, '/consent');
    const answers = [one, two].map(({ url }) => Object.fromEntries(new URL(url).searchParams));
    expect(answers.map(({ state }) => state)).toEqual([first.attempt.state, second.attempt.state]);
    expect(new Set(answers.map(({ code = '' }) => code)).size).toBe(2);
    expect(two.url).toContain('code=');
  });

  it('a finished sign-in says so when its page is sent again', async () => {
    const { browser, page } = await loginPage(door);
    await browser.submit(page, { username: 'jane', password: 'password' }, '/login');
    const again = await browser.request(page.url);
    expect(textOf(again)).toContain('This sign-in is over');
  });
});

describe('S-086: sessions', () => {
  it('get a new id at each sign-in, and the old one is worth nothing', async () => {
    const { browser, page } = await loginPage(door);
    const idOf = () => [...browser.cookies.values()].find(({ name }) => name === 'sallyport_page')?.value;
    const before = idOf();
    await browser.submit(page, { username: 'jane', password: 'password' }, '/login');
    const session = () =>
      [...browser.cookies.values()].find(({ name }) => name === 'sallyport_session')?.value;
    const first = session();
    const old = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const home = async () => (await fetch(`${door.issuer}/`, { headers: { cookie: old } })).text();
    expect(await home()).toContain(jane.email);
    const config = await door.relyingParty('kubectl');
    await signInFor(config, browser, { redirect_uri: loopback, scope: 'openid', prompt: 'login' });
    expect([before, first]).not.toContain(undefined);
    expect(idOf()).not.toBe(before);
    expect(session()).not.toBe(first);
    expect(await home()).not.toContain(jane.email);
    expect(
      [...browser.setCookies].every((cookie) => /; httponly/i.test(cookie) && /; samesite=lax/i.test(cookie)),
    ).toBe(true);
  });
});

describe('S-097 T7: forms end on a page of ours', () => {
  it('S-017: every POST is answered with 303 to this origin; no redirect after it leaves it', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await walk(
      browser,
      (await startAuthorization(config, { redirect_uri: webRedirect, scope: 'openid' })).url,
    );
    const redirects = browser.seen.filter(({ status }) => status >= 300 && status < 400);
    expect(redirects.map(({ status }) => status)).toEqual(redirects.map(() => 303));
    const continues = browser.seen.filter(({ url, status }) => url.endsWith('/continue') && status === 200);
    expect(continues).toHaveLength(2);
    for (const { body } of continues)
      expect(body).toMatch(/http-equiv="refresh" content="0;url=http:\/\/127\.0\.0\.1:\d+\/auth\//);
  });
});

describe('S-021: text from outside stays text', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
  it('on every page that shows it', async () => {
    const hostile = await openDoor({
      clients: [{ ...webClient, name: evil }],
      passwords: [{ ...jane, username: evil, groups: [evil] }, bob],
      frontend: { issuer: evil },
      loginHint: { password: evil, accounts: [{ login: evil, groups: [evil] }] },
    });
    try {
      const config = await hostile.relyingParty('web', 'web-secret');
      const browser = hostile.browser();
      const parameters = {
        redirect_uri: webRedirect,
        scope: 'openid groups',
        login_hint: evil,
        ui_locales: evil,
      };
      const first = await browser.open((await startAuthorization(config, parameters)).url);
      const failed = await browser.submit(first, { username: evil, password: evil }, '/login');
      const consent = await browser.submit(failed, { username: 'jane', password: 'password' }, '/login');
      await browser.submit(consent, {}, '/consent');
      await browser.open(`${hostile.issuer}/`);
      await browser.open(
        `${hostile.issuer}/logout?state=${encodeURIComponent(evil)}&ui_locales=${encodeURIComponent(evil)}`,
      );
      await browser.open(
        `${hostile.issuer}/auth?client_id=web&error_description=${encodeURIComponent(evil)}&redirect_uri=${encodeURIComponent(evil)}`,
      );
      await browser.open(`${hostile.issuer}/${encodeURIComponent(evil)}`);
      const { body: device } = await askForCode(hostile, {}, { 'user-agent': evil });
      await browser.open(`${hostile.issuer}/device?user_code=${encodeURIComponent(evil)}`);
      const confirm = await enterCode(browser, device.verification_uri, device.user_code);
      expect(textOf(confirm)).toContain(evil);
      const pages = browser.seen.filter(({ body }) => body.includes('<html'));
      expect(pages.length).toBeGreaterThan(8);
      for (const { body, url } of pages) {
        expect(body, url).not.toMatch(
          /<script(?! type="module" src="\/static\/)|<img|onerror=alert\(1\)>(?!&#39;)/,
        );
      }
      expect(pages.filter(({ body }) => body.includes('&lt;script&gt;')).length).toBe(pages.length);
    } finally {
      await hostile.close();
    }
  });
});

describe('S-095 S-096 S-099: headers', () => {
  const paths = [
    '/',
    '/nothing',
    '/logout',
    '/logout/success',
    '/auth',
    '/token',
    '/keys',
    '/userinfo',
    '/.well-known/openid-configuration',
    '/static/styles.css',
    '/interaction/x',
    '/interaction/x/continue',
    '/account',
    '/account/password',
    '/device',
    '/device/confirm',
    '/device/code',
    '/reset',
    '/language',
    '/sessions',
    '/par',
    '/register',
    '/signed-in',
  ];
  it.each(paths)('%s', async (path) => {
    const { headers } = await fetch(`${door.issuer}${path}`, {
      redirect: 'manual',
      headers: { accept: 'text/html' },
    });
    // The form for a password has a script of ours; in front of what nobody has begun to sign in to there is none.
    const scripts = path === '/reset' ? ";script-src 'self'" : '';
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self';base-uri 'none';frame-ancestors 'none'${scripts}`,
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('an answer to a program has those of them that say something of it', async () => {
    const { headers } = await fetch(`${door.issuer}/token`, { method: 'POST' });
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('S-046: no page is kept by a cache; the style sheet is', async () => {
    const { page, browser } = await loginPage(door);
    expect(page.headers.get('cache-control')).toBe('no-store');
    const stylesheet = /href="([^"]*styles\.css[^"]*)"/.exec(page.body)?.[1] ?? '';
    const answer = await browser.request(new URL(stylesheet, page.url).href);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  it('no page has a script but our own files, an inline style or an event handler', async () => {
    const { browser, page } = await loginPage(door);
    await browser.submit(page, { username: 'jane', password: 'wrong' }, '/login');
    await browser.open(`${door.issuer}/`);
    for (const { body } of browser.seen)
      expect(body).not.toMatch(/<script(?! type="module" src="\/static\/)|\sstyle=|\son\w+=/);
  });
});

describe('behind TLS', () => {
  it('S-087: cookies are Secure and bound to the host, URLs are the issuer’s whatever a request says', async () => {
    const issuer = 'https://login.example';
    const secure = await openDoor({ publicIssuer: issuer });
    try {
      // Reached as a proxy would reach it: over plain http, with the public host.
      const answer = await rawRequest(secure, '/.well-known/openid-configuration', {
        host: 'login.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
      });
      expect(JSON.parse(answer.body)).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
      expect(answer.headers['strict-transport-security']).toContain('max-age=31536000');
      const query = new URLSearchParams({
        client_id: 'web',
        redirect_uri: webRedirect,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'a'.repeat(43),
        code_challenge_method: 'S256',
      });
      const start = await rawRequest(secure, `/auth?${query}`, { host: 'login.example' });
      const cookies = start.headers['set-cookie'] ?? [];
      expect(cookies.length).toBeGreaterThan(2);
      const cookie = cookies.map((one) => one.split(';')[0]).join('; ');
      const login = await rawRequest(secure, String(start.headers.location), {
        host: 'login.example',
        cookie,
      });
      for (const one of [...cookies, ...(login.headers['set-cookie'] ?? [])]) {
        expect(one).toMatch(/^__(?:Host|Secure)-sallyport_/);
        expect(one).toMatch(/; secure/i);
        expect(one).not.toMatch(/; domain/i);
      }
      expect(login.headers['set-cookie']?.[0]).toMatch(/^__Host-sallyport_page=.*; Path=\//);
    } finally {
      await secure.close();
    }
  });
});

describe('S-100: Host', () => {
  const good = () => `127.0.0.1:${door.port}`;
  it.each<[string, () => Record<string, string> | string[], string, number]>([
    ['the issuer’s', () => ({ host: good() }), '/', 200],
    ['another', () => ({ host: 'evil.example' }), '/', 421],
    ['another port', () => ({ host: '127.0.0.1:1' }), '/', 421],
    ['none of the port', () => ({ host: '127.0.0.1' }), '/', 421],
    ['localhost, which is another name', () => ({ host: `localhost:${door.port}` }), '/', 421],
    ['with user information', () => ({ host: `user@${good()}` }), '/', 421],
    ['empty', () => ({ host: '' }), '/', 421],
    ['two in one', () => ({ host: `${good()}, evil.example` }), '/', 421],
    ['two', () => ['host', good(), 'host', 'evil.example'], '/', 421],
    ['right, target with another authority', () => ({ host: good() }), 'http://evil.example/', 421],
    ['right, target with two slashes', () => ({ host: good() }), '//evil.example/token', 421],
    ['another, discovery', () => ({ host: 'evil.example' }), '/.well-known/openid-configuration', 421],
    ['another, for a probe', () => ({ host: '10.0.0.7:5556' }), '/healthz', 200],
  ])('%s', async (_name, headers, path, status) => {
    expect((await rawRequest(door, path, headers())).status).toBe(status);
  });

  it('X-Forwarded-Host changes nothing', async () => {
    const answer = await rawRequest(door, '/.well-known/openid-configuration', {
      host: good(),
      'x-forwarded-host': 'evil.example',
    });
    expect(answer.body).not.toContain('evil.example');
  });
});
