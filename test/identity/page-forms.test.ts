import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt, secretOn } from './factors/support.ts';
import { formsOf } from './support/browser-like.ts';
import { credentials, type Door, openDoor } from './support/door.ts';
import { loginPage } from './support/login-page.ts';

let door: Door;
const taken: string[] = [];

beforeAll(async () => {
  door = await openDoor();
  const { router, forms, page, visitor, signInUrl } = door.identity.pages;
  router.get('/notes', ...forms.shown, async (req, res) => {
    if ((await visitor(req, res)) === undefined) return res.redirect(signInUrl('/notes'));
    const { problem, typed } = forms.said(req, page(req), '/notes');
    res.send(
      `${problem === undefined ? '' : '<p>not taken</p>'}<form method="post" action="/notes"><input name="csrf" value="${forms.token(req)}"><input name="note" value="${typed?.['note'] ?? 'n'}"><input name="pin" value="${typed?.['pin'] ?? ''}"></form>`,
    );
  });
  router.post('/notes', ...forms.submittedFrom('/notes', ['note']), (req, res) => {
    taken.push(forms.field(req, 'note') ?? '');
    res.send('taken');
  });
});
afterAll(() => door.close());

async function signedIn() {
  const browser = door.browser();
  const login = await browser.open(`${door.issuer}/notes`);
  return { browser, page: await browser.submit(login, credentials, '/login') };
}

describe("forms of pages that are not the provider's", () => {
  it('are taken with the token of the session that they were shown in', async () => {
    const { browser, page } = await signedIn();
    expect((await browser.submit(page, { note: 'one' })).body).toBe('taken');
    expect(taken).toEqual(['one']);
  });

  it('are refused without it, and from another site', async () => {
    const mine = await signedIn();
    for (const csrf of ['', 'x']) expect((await mine.browser.submit(mine.page, { csrf })).status).toBe(403);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const own = /value="([^"]+)"/.exec(mine.page.body)?.[1] ?? '';
    const body = new URLSearchParams({ csrf: own, note: 'two' });
    const answer = await mine.browser.request(`${door.issuer}/notes`, {
      method: 'POST',
      headers: foreign,
      body,
    });
    expect(answer.status).toBe(403);
    expect(taken).not.toContain('two');
  });
});

describe('a form with the token of another session', () => {
  it('leads back to its page, which says so once and has what was typed again, but for what is secret', async () => {
    const { browser, page } = await signedIn();
    // Signed in once more, in another tab.
    const again = await loginPage(door, browser, { prompt: 'login' });
    await browser.submit(again.page, credentials, '/login');
    const back = await browser.submit(page, { note: 'three', pin: '1234' });
    expect([back.status, back.url]).toEqual([200, `${door.issuer}/notes`]);
    expect(back.body).toContain('not taken');
    expect(formsOf(back)[0]?.fields).toMatchObject({ note: 'three', pin: '' });
    expect((await browser.open(back.url)).body).not.toContain('not taken');
    expect(taken).not.toContain('three');
    expect((await browser.submit(back)).body).toBe('taken');
    expect(taken.at(-1)).toBe('three');
  });

  it('is filled in by nobody else: what a browser does not say to be this site’s own is not kept', async () => {
    const [mine, other] = [await signedIn(), await signedIn()];
    const csrf = formsOf(other.page)[0]?.fields['csrf'] ?? '';
    const body = new URLSearchParams({ csrf, note: 'four' });
    await mine.browser.request(`${door.issuer}/notes`, {
      method: 'POST',
      headers: { origin: 'null' },
      body,
    });
    const back = await mine.browser.open(`${door.issuer}/notes`);
    expect(back.body).toContain('not taken');
    expect(formsOf(back)[0]?.fields).toMatchObject({ note: 'n' });
    expect(taken).not.toContain('four');
  });

  it('is answered with a page that leads there, and keeps nothing, where the browser has no session', async () => {
    const { page } = await signedIn();
    const records = async () => (await door.store.list('identity/pages/')).entries.length;
    const before = await records();
    const answer = await door.browser().submit(page, { note: 'five' });
    expect([answer.status, answer.title]).toEqual([403, 'Error: This page is out of date – Sallyport']);
    expect(answer.body).toContain('href="/notes"');
    expect(await records()).toBe(before);
    expect(taken).not.toContain('five');
  });
});

describe('a visitor', () => {
  it('is who could sign in to kubectl so: a password alone will not do where kubectl wants a second factor', async () => {
    const own = await openDoor({
      mfa: { authenticators: [{ id: 'app', type: 'TOTP', config: {} }] },
      clients: [{ id: 'kubectl', public: true, mfaChain: ['app'] }],
    });
    try {
      const { router, visitor, signInUrl } = own.identity.pages;
      router.get('/seen', async (req, res) => {
        const who = await visitor(req, res);
        if (who === undefined) return res.redirect(signInUrl('/seen'));
        res.send(`<title>${who.name}</title>`);
      });
      const browser = own.browser();
      // Signed in by a password, at the front page, which wants no more.
      const home = await browser.open(`${own.issuer}/`);
      const [, url = ''] = /<a class="button primary" href="([^"]+)"/.exec(home.body) ?? [];
      const login = await browser.open(`${own.issuer}${url.replaceAll('&amp;', '&')}`);
      expect((await browser.submit(login, credentials, '/login')).title).toBe('Your account – Sallyport');
      const asked = await browser.open(`${own.issuer}/seen`);
      expect(asked.title).toBe('Add a second factor – Sallyport');
      await browser.submit(asked, { code: codeAt(secretOn(asked), Date.now()) }, '/totp');
      // The recovery codes are in between.
      expect((await browser.open(asked.url)).title).toBe('Jane Doe');
      expect((await browser.open(`${own.issuer}/seen`)).title).toBe('Jane Doe');
    } finally {
      await own.close();
    }
  });
});
