import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formsOf, type PageSeen, textOf } from './support/browser-like.ts';
import {
  bob,
  type Door,
  jane,
  loopback,
  openDoor,
  passwordHash,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from './support/door.ts';
import { rawRequest } from './support/raw-request.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const wrong = 'The e-mail, username or password is not right.';

async function loginPage(target = door, browser = target.browser(), parameters: Record<string, string> = {}) {
  const config = await target.relyingParty('kubectl');
  const { url } = await startAuthorization(config, {
    redirect_uri: loopback,
    scope: 'openid',
    ...parameters,
  });
  return { browser, page: await browser.open(url) };
}

/** What differs between two pages for reasons of its own. */
function essence({ body }: PageSeen): string {
  return body.replace(/interaction\/[\w-]+/g, 'interaction/UID').replace(/value="[^"]*"/g, 'value=""');
}

describe('the sign-in page', () => {
  it('S-108: answers an unknown user and a wrong password with the same page', async () => {
    const pages = await Promise.all(
      ['jane', 'nobody', 'jane@example.com', 'nobody@example.com'].map(async (username) => {
        const { browser, page } = await loginPage();
        return browser.submit(page, { username, password: 'wrong' }, '/login');
      }),
    );
    for (const page of pages) {
      expect([page.status, page.title]).toEqual([400, 'Error: Sign in – Sallyport']);
      expect(textOf(page)).toContain(wrong);
      expect(essence(page)).toBe(essence(pages[0] as PageSeen));
    }
  });

  it('names its fields for password managers and puts the error where it is heard', async () => {
    const { browser, page } = await loginPage();
    expect(page.body).toMatch(/<html lang="en" dir="ltr">/);
    expect(page.body).toMatch(/<label for="username">.*\n<input id="username" [^>]*autocomplete="username"/);
    expect(page.body).toMatch(
      /<label for="password">.*\n<input id="password" [^>]*autocomplete="current-password"/,
    );
    const failed = await browser.submit(page, { username: 'jane', password: 'wrong' }, '/login');
    expect(failed.body).toMatch(/role="alert" tabindex="-1" autofocus/);
    expect(failed.body).toContain('<a id="error" href="#username">');
    expect(failed.body).toMatch(
      /id="username"[^>]* value="jane"[^>]*aria-invalid="true" aria-describedby="error"/,
    );
    expect(failed.body).not.toContain('value="wrong"');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no username', { username: ' ', password: 'x' }, 'Enter your e-mail or username.'],
    ['no password', { username: 'jane', password: '' }, 'Enter your password.'],
    ['1026 bytes', { username: 'jane', password: 'é'.repeat(513) }, 'Passwords are at most 1024 bytes long.'],
    ['a login of a kilobyte', { username: 'j'.repeat(1024), password: 'password' }, wrong],
  ])('refuses %s', async (_name, fields, text) => {
    const { browser, page } = await loginPage();
    const answer = await browser.submit(page, fields, '/login');
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toContain(text);
  });

  it('S-116: refuses a body that no sign-in has', async () => {
    const { browser, page } = await loginPage();
    const answer = await browser.submit(page, { username: 'jane', password: 'p'.repeat(13_000) }, '/login');
    expect(answer.status).toBe(413);
  });

  it('speaks the language that the application or the browser asks for', async () => {
    const { page } = await loginPage(door, door.browser(), { ui_locales: 'xx sv-SE en' });
    expect(page.body).toContain('<html lang="sv"');
    expect(page.title).toBe('Logga in – Sallyport');
  });

  it('shows the demo’s accounts when told to, and prefills login_hint', async () => {
    const demo = await openDoor({
      loginHint: { password: 'password', accounts: [{ login: 'jane@example.com', groups: ['developers'] }] },
    });
    try {
      const { page } = await loginPage(demo, demo.browser(), { login_hint: 'jane' });
      expect(textOf(page)).toContain('This is the demo');
      expect(textOf(page)).toContain('jane@example.com developers');
      expect(page.body).toMatch(/id="username"[^>]* value="jane"/);
    } finally {
      await demo.close();
    }
  });
});

describe('throttling', () => {
  it('S-112: slows one account down at one address after five failures, and lets the right password in afterwards', async () => {
    let time = Date.now();
    const slow = await openDoor({ now: () => time, trustedProxies: ['127.0.0.1'] });
    try {
      const attempt = async (username: string, password: string, address: string) => {
        const { browser, page } = await loginPage(slow);
        const form = formsOf(page)[0];
        return browser.request(form?.action ?? '', {
          method: 'POST',
          headers: { 'x-forwarded-for': address },
          body: new URLSearchParams({ ...form?.fields, username, password }),
        });
      };
      for (let failure = 0; failure < 5; failure++) {
        expect((await attempt('jane', 'wrong', '192.0.2.1')).status).toBe(400);
      }
      const blocked = await attempt('jane', 'password', '192.0.2.1');
      expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '1']);
      expect(textOf(blocked)).toContain('Too many attempts. Try again in 1 seconds.');
      expect((await attempt('jane', 'password', '192.0.2.2')).status).toBe(303);
      expect((await attempt('bob', 'password', '192.0.2.1')).status).toBe(303);
      time += 1000;
      expect((await attempt('jane', 'wrong', '192.0.2.1')).status).toBe(400);
      expect((await attempt('jane', 'password', '192.0.2.1')).headers.get('retry-after')).toBe('2');
      time += 2000;
      expect((await attempt('jane', 'password', '192.0.2.1')).status).toBe(303);
      expect((await attempt('jane', 'wrong', '192.0.2.1')).status).toBe(400);
    } finally {
      await slow.close();
    }
  });

  it('S-111: counts attempts made at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { browser, page } = await loginPage();
        return (await browser.submit(page, { username: 'parallel', password: 'wrong' }, '/login')).status;
      }),
    );
    expect(all.filter((status) => status === 400)).toHaveLength(5);
    expect(all.filter((status) => status === 429)).toHaveLength(7);
  });
});

describe('S-094: forms from elsewhere', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['without a token', {}, { csrf: '' }],
    ['with another browser’s token', {}, { csrf: Buffer.alloc(32).toString('base64url') }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, {}],
    ['from a sibling site', { 'sec-fetch-site': 'same-site' }, {}],
    ['from another origin, by an old browser', { origin: 'https://evil.example' }, {}],
  ])('%s are refused', async (_name, headers, fields) => {
    const { browser, page } = await loginPage();
    const form = formsOf(page)[0];
    const answer = await browser.request(form?.action ?? '', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...form?.fields, username: 'jane', password: 'password', ...fields }),
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
  });

  it('S-024: an interaction belongs to the browser that began it', async () => {
    const attacker = await loginPage();
    const victim = await loginPage();
    const answer = await victim.browser.request(attacker.page.url);
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toContain('This sign-in is over');
    const own = formsOf(victim.page)[0];
    const posted = await victim.browser.request(formsOf(attacker.page)[0]?.action ?? '', {
      method: 'POST',
      body: new URLSearchParams({ ...own?.fields, username: 'jane', password: 'password' }),
    });
    expect(posted.status).toBe(400);
  });

  it('S-105 T13: two sign-ins in two tabs do not mix', async () => {
    const browser = door.browser();
    const first = await loginPage(door, browser);
    const second = await loginPage(door, browser);
    const credentials = { username: 'jane', password: 'password' };
    const one = await browser.submit(first.page, credentials, '/login');
    expect(new URL(one.url).searchParams.has('code')).toBe(true);
    const asked = await browser.submit(second.page, credentials, '/login');
    expect([asked.status, textOf(asked).includes('Please try again')]).toEqual([403, true]);
    const two = await browser.submit(asked, credentials, '/login');
    expect(new URL(two.url).searchParams.get('code')).not.toBe(new URL(one.url).searchParams.get('code'));
    expect(new URL(two.url).searchParams.has('code')).toBe(true);
  });

  it('a finished sign-in says so when its page is sent again', async () => {
    const { browser, page } = await loginPage();
    await browser.submit(page, { username: 'jane', password: 'password' }, '/login');
    const again = await browser.request(page.url);
    expect(textOf(again)).toContain('This sign-in is over');
  });
});

describe('S-086: sessions', () => {
  it('get a new id at each sign-in, and the old one is worth nothing', async () => {
    const { browser, page } = await loginPage();
    const idOf = () => [...browser.cookies.values()].find(({ name }) => name === 'sallyport_page')?.value;
    const before = idOf();
    await browser.submit(page, { username: 'jane', password: 'password' }, '/login');
    const session = () =>
      [...browser.cookies.values()].find(({ name }) => name === 'sallyport_session')?.value;
    const first = session();
    const config = await door.relyingParty('kubectl');
    await signInFor(config, browser, { redirect_uri: loopback, scope: 'openid', prompt: 'login' });
    expect([before, first]).not.toContain(undefined);
    expect(idOf()).not.toBe(before);
    expect(session()).not.toBe(first);
    expect(
      [...browser.setCookies].every((cookie) => /; httponly/i.test(cookie) && /; samesite=lax/i.test(cookie)),
    ).toBe(true);
  });
});

describe('consent', () => {
  it('names the application, where the answer goes and what it asks for; once given it is not asked again', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const parameters = { redirect_uri: webRedirect, scope: 'openid email groups offline_access' };
    const first = await startAuthorization(config, parameters);
    const login = await browser.open(first.url);
    const page = await browser.submit(login, { username: 'jane', password: 'password' }, '/login');
    expect(page.title).toBe('Allow Web App to use your account? – Sallyport');
    for (const text of [
      'app.example',
      'see your e-mail address',
      'see the groups you belong to',
      'stay signed in',
      'Jane Doe',
      'Deny',
    ]) {
      expect(textOf(page)).toContain(text);
    }
    expect(textOf(page)).not.toContain('see your name');
    const done = await browser.submit(page, {}, '/consent');
    expect(done.url).toContain(`${webRedirect}?code=`);
    const second = await browser.open((await startAuthorization(config, parameters)).url);
    expect(second.url).toContain(`${webRedirect}?code=`);
    const wider = await browser.open(
      (await startAuthorization(config, { ...parameters, scope: 'openid profile' })).url,
    );
    expect(textOf(wider)).toContain('see your name');
  });

  it('S-023: is asked each time for a client that any program on the machine could pretend to be', async () => {
    const native = await openDoor({ clients: [{ id: 'cli', name: 'Some CLI', public: true }] });
    try {
      const config = await native.relyingParty('cli');
      const browser = native.browser();
      const parameters = { redirect_uri: loopback, scope: 'openid' };
      await signInFor(config, browser, parameters);
      const page = await browser.open((await startAuthorization(config, parameters)).url);
      expect(page.title).toContain('Allow Some CLI');
    } finally {
      await native.close();
    }
  });

  it('is asked of nobody with skipApprovalScreen', async () => {
    const trusting = await openDoor({
      skipApprovalScreen: true,
      clients: [webClient, { id: 'cli', public: true }],
    });
    try {
      for (const [id, secret, redirect_uri] of [
        ['web', 'web-secret', webRedirect],
        ['cli', undefined, loopback],
      ] as const) {
        const browser = trusting.browser();
        const { tokens } = await signInFor(await trusting.relyingParty(id, secret), browser, {
          redirect_uri,
          scope: 'openid groups',
        });
        expect(tokens.claims()).toMatchObject({ groups: jane.groups });
        expect(browser.seen.some(({ body }) => body.includes('/consent"'))).toBe(false);
      }
    } finally {
      await trusting.close();
    }
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
      const pages = browser.seen.filter(({ body }) => body.includes('<html'));
      expect(pages.length).toBeGreaterThan(8);
      for (const { body, url } of pages) {
        expect(body, url).not.toMatch(/<script|<img|onerror=alert\(1\)>(?!&#39;)/);
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
  ];
  it.each(paths)('%s', async (path) => {
    const { headers } = await fetch(`${door.issuer}${path}`, {
      redirect: 'manual',
      headers: { accept: 'text/html' },
    });
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('S-046: no page is kept by a cache; the style sheet is', async () => {
    const { page, browser } = await loginPage();
    expect(page.headers.get('cache-control')).toBe('no-store');
    const stylesheet = /href="([^"]*styles\.css[^"]*)"/.exec(page.body)?.[1] ?? '';
    const answer = await browser.request(new URL(stylesheet, page.url).href);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  it('no page has a script, an inline style or an event handler', async () => {
    const { browser, page } = await loginPage();
    await browser.submit(page, { username: 'jane', password: 'wrong' }, '/login');
    await browser.open(`${door.issuer}/`);
    for (const { body } of browser.seen) expect(body).not.toMatch(/<script|\sstyle=|\son\w+=/);
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

describe('the front page', () => {
  it('says who is signed in, and how to use kubectl', async () => {
    const browser = door.browser();
    const out = await browser.open(`${door.issuer}/`);
    expect(textOf(out)).toContain('You are not signed in');
    expect(textOf(out)).toContain(`--oidc-issuer-url=${door.issuer} \\ --oidc-client-id=kubectl`);
    await signInFor(await door.relyingParty('kubectl'), browser, { redirect_uri: loopback, scope: 'openid' });
    const page = await browser.open(`${door.issuer}/`);
    for (const text of [
      'Jane Doe',
      'jane@example.com',
      'developers',
      'oncall',
      'Signed in since',
      'Sign out',
    ]) {
      expect(textOf(page)).toContain(text);
    }
  });
});

describe('probes', () => {
  it('answer ok while open; readyz stops when closed', async () => {
    const short = await openDoor({ passwords: [{ ...jane, hash: passwordHash }] });
    try {
      const probe = async (path: string) => {
        const response = await fetch(`${short.issuer}${path}`);
        return [response.status, await response.text()];
      };
      expect([await probe('/healthz'), await probe('/readyz')]).toEqual([
        [200, 'ok'],
        [200, 'ok'],
      ]);
      await short.identity.close();
      expect([await probe('/healthz'), await probe('/readyz')]).toEqual([
        [200, 'ok'],
        [503, 'not ready'],
      ]);
      expect(short.identity.ready()).toBe(false);
    } finally {
      await short.close();
    }
  });
});
