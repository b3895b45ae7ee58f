import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCode } from './device/support.ts';
import { type BrowserLike, formsOf, type PageSeen, textOf } from './support/browser-like.ts';
import { credentials, type Door, openDoor, signInFor, webRedirect } from './support/door.ts';
import { loginPage } from './support/login-page.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const alert = /role="alert"/;
const posts = ({ seen }: BrowserLike) => seen.filter(({ status }) => status === 303).length;

async function signedIn() {
  const browser = door.browser();
  await signInFor(await door.relyingParty('web', 'web-secret'), browser, {
    redirect_uri: webRedirect,
    scope: 'openid',
  });
  return browser;
}

/** Each form that can be wrong, at its own page, filled in wrongly. */
const forms: Readonly<Record<string, () => Promise<{ browser: BrowserLike; page: PageSeen; at: string }>>> = {
  async 'sign-in'() {
    const { browser, page } = await loginPage(door);
    const wrong = { username: 'jane', password: 'wrong' };
    return { browser, page: await browser.submit(page, wrong, '/login'), at: page.url };
  },
  async reset() {
    const browser = door.browser();
    const page = await browser.open(`${door.issuer}/reset`);
    const wrong = { code: 'x', 'new-password': 'correct horse battery', again: 'correct horse battery' };
    return { browser, page: await browser.submit(page, wrong, '/reset'), at: page.url };
  },
  async 'device code'() {
    const browser = await signedIn();
    return {
      browser,
      page: await enterCode(browser, `${door.issuer}/device`, 'BBBB-BBBB'),
      at: `${door.issuer}/device`,
    };
  },
};

describe.each(Object.entries(forms))('a wrong %s', (_name, send) => {
  it('is answered with its own page, which says so once and is loaded again by GET', async () => {
    const { browser, page, at } = await send();
    expect([page.status, page.url]).toEqual([200, at]);
    expect(page.title).toMatch(/^Error: /);
    expect(page.body).toMatch(alert);
    expect(page.body.match(/ autofocus/g)).toHaveLength(1);
    expect(page.body).toMatch(/aria-invalid="true" aria-describedby="error[^"]*" autofocus/);
    const before = posts(browser);
    const again = await browser.open(page.url);
    expect([again.status, again.title]).toEqual([200, page.title.replace('Error: ', '')]);
    expect(again.body).not.toMatch(alert);
    expect(posts(browser)).toBe(before);
  });
});

describe('a form that was not taken', () => {
  it('keeps the name and the choice that were typed, in no address, and never the password', async () => {
    const { browser, page } = await loginPage(door);
    const wrong = { username: 'jane', password: 'a secret', remember: 'yes' };
    const failed = await browser.submit(page, wrong, '/login');
    expect(formsOf(failed)[0]?.fields).toMatchObject({ username: 'jane', remember: 'yes' });
    expect(browser.seen.map(({ url }) => url).join()).not.toMatch(/jane|secret/);
    const { entries } = await door.store.list('');
    expect(entries.map(({ value }) => value).join()).not.toContain('a secret');
    // What the person does next is their own: the choice is that of the configuration again.
    expect(formsOf(await browser.open(page.url))[0]?.fields).not.toHaveProperty('remember');
  });

  it('says so on its own page only, when two sign-ins are under way in one browser', async () => {
    const browser = door.browser();
    const [first, second] = [await loginPage(door, browser), await loginPage(door, browser)];
    const form = formsOf(first.page)[0];
    const body = new URLSearchParams({ ...form?.fields, username: 'jane', password: 'wrong' });
    await browser.request(form?.action ?? '', { method: 'POST', body });
    expect((await browser.open(second.page.url)).body).not.toMatch(alert);
    expect((await browser.open(first.page.url)).body).toMatch(alert);
  });

  it.each(['/login', '/passkey', '/consent', '/abort'])(
    'as its sign-in is over (%s) leads to the page that says so',
    async (action) => {
      const { browser, page } = await loginPage(door);
      await browser.submit(page, credentials, '/login');
      const csrf = formsOf(await browser.open(`${door.issuer}/reset`))[0]?.fields['csrf'] ?? '';
      const answer = await browser.request(page.url + action, {
        method: 'POST',
        headers: { origin: new URL(door.issuer).origin },
        body: new URLSearchParams({ csrf }),
      });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, new URL(page.url).pathname]);
      expect(textOf(await browser.open(page.url))).toContain('This sign-in is over');
    },
  );

  it('as its session was replaced is refused, with a link to where the sign-in goes on', async () => {
    const { browser, page } = await loginPage(door);
    const answer = await browser.submit(page, { csrf: 'x' }, '/abort');
    expect(answer.status).toBe(403);
    expect(answer.body).toContain(`href="${new URL(page.url).pathname}"`);
    expect((await browser.open(page.url)).title).toBe('Sign in – Sallyport');
  });
});

describe('a sign-out in two tabs', () => {
  it('asks again in the one that was first, and says in both that it is done', async () => {
    const browser = await signedIn();
    const [first, second] = [
      await browser.open(`${door.issuer}/logout`),
      await browser.open(`${door.issuer}/logout`),
    ];
    const again = await browser.submit(first, { logout: 'yes' });
    expect([again.status, again.title]).toEqual([200, 'Sign out – Sallyport']);
    expect((await browser.open(`${door.issuer}/`)).body).toContain('jane@example.com');
    expect((await browser.submit(again, { logout: 'yes' })).title).toBe('You are signed out – Sallyport');
    expect((await browser.submit(second, { logout: 'yes' })).title).toBe('You are signed out – Sallyport');
  });
});
