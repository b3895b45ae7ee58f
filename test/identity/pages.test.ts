import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PageSeen, textOf } from './support/browser-like.ts';
import { type Door, jane, loopback, openDoor, passwordHash, signInFor } from './support/door.ts';
import { loginPage } from './support/login-page.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const wrong = 'The e-mail, username or password is not right.';

/** What differs between two pages for reasons of its own. */
function essence({ body }: PageSeen): string {
  return body.replace(/interaction\/[\w-]+/g, 'interaction/UID').replace(/value="[^"]*"/g, 'value=""');
}

describe('the sign-in page', () => {
  it('S-108: answers an unknown user and a wrong password with the same page', async () => {
    const pages = await Promise.all(
      ['jane', 'nobody', 'jane@example.com', 'nobody@example.com'].map(async (username) => {
        const { browser, page } = await loginPage(door);
        return browser.submit(page, { username, password: 'wrong' }, '/login');
      }),
    );
    for (const page of pages) {
      expect([page.status, page.title]).toEqual([200, 'Error: Sign in – Sallyport']);
      expect(textOf(page)).toContain(wrong);
      expect(essence(page)).toBe(essence(pages[0] as PageSeen));
    }
  });

  it('names its fields for password managers and puts the error where it is heard', async () => {
    const { browser, page } = await loginPage(door);
    expect(page.body).toMatch(/<html lang="en" dir="ltr">/);
    expect(page.body).toMatch(/<label for="username">.*\n<input id="username" [^>]*autocomplete="username"/);
    expect(page.body).toMatch(
      /<label for="password">.*\n<span class="secret"><input id="password" [^>]*autocomplete="current-password"/,
    );
    const failed = await browser.submit(page, { username: 'jane', password: 'wrong' }, '/login');
    expect(failed.body).toMatch(/role="alert" tabindex="-1" aria-labelledby="problem"/);
    expect(failed.body).toContain('<a id="error" href="#password">');
    expect(failed.body).toMatch(/id="username"[^>]* value="jane"/);
    expect(failed.body).toMatch(/id="password"[^>]*aria-invalid="true" aria-describedby="error" autofocus/);
    expect(failed.body.match(/ autofocus/g)).toHaveLength(1);
    expect(failed.body).not.toContain('value="wrong"');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no username', { username: ' ', password: 'x' }, 'Enter your e-mail or username.'],
    ['no password', { username: 'jane', password: '' }, 'Enter your password.'],
    ['1026 bytes', { username: 'jane', password: 'é'.repeat(513) }, 'Passwords are at most 1024 bytes long.'],
    ['a login of a kilobyte', { username: 'j'.repeat(1024), password: 'password' }, wrong],
  ])('refuses %s', async (_name, fields, text) => {
    const { browser, page } = await loginPage(door);
    const answer = await browser.submit(page, fields, '/login');
    expect([answer.status, answer.url]).toEqual([200, page.url]);
    expect(textOf(answer)).toContain(text);
  });

  it('S-116: refuses a body that no sign-in has', async () => {
    const { browser, page } = await loginPage(door);
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
        const { browser, page } = await loginPage(slow, slow.browser({ 'x-forwarded-for': address }));
        return browser.submit(page, { username, password }, '/login');
      };
      for (let failure = 0; failure < 5; failure++) {
        expect(textOf(await attempt('jane', 'wrong', '192.0.2.1'))).toContain(wrong);
      }
      const blocked = await attempt('jane', 'password', '192.0.2.1');
      expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '1']);
      expect(textOf(blocked)).toContain('Too many attempts. Try again in 1 second.');
      expect((await attempt('jane', 'password', '192.0.2.2')).status).toBe(303);
      expect((await attempt('bob', 'password', '192.0.2.1')).status).toBe(303);
      time += 1000;
      expect((await attempt('jane', 'wrong', '192.0.2.1')).status).toBe(200);
      expect((await attempt('jane', 'password', '192.0.2.1')).headers.get('retry-after')).toBe('2');
      time += 2000;
      expect((await attempt('jane', 'password', '192.0.2.1')).status).toBe(303);
      expect((await attempt('jane', 'wrong', '192.0.2.1')).status).toBe(200);
    } finally {
      await slow.close();
    }
  });

  it('S-111: counts attempts made at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { browser, page } = await loginPage(door);
        return (await browser.submit(page, { username: 'parallel', password: 'wrong' }, '/login')).status;
      }),
    );
    expect(all.filter((status) => status === 200)).toHaveLength(5);
    expect(all.filter((status) => status === 429)).toHaveLength(7);
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
