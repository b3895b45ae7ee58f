import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt, secretOn } from './factors/support.ts';
import { credentials, type Door, openDoor } from './support/door.ts';

let door: Door;
const taken: string[] = [];

beforeAll(async () => {
  door = await openDoor();
  const { router, forms, visitor, signInUrl } = door.identity.pages;
  router.get('/notes', ...forms.shown, async (req, res) => {
    if ((await visitor(req, res)) === undefined) return res.redirect(signInUrl('/notes'));
    res.send(
      `<form method="post" action="/notes"><input name="csrf" value="${forms.token(req)}"><input name="note" value="n"></form>`,
    );
  });
  router.post('/notes', ...forms.submitted, (req, res) => {
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

  it('are refused without it, with another session’s, and from another site', async () => {
    const [mine, other] = [await signedIn(), await signedIn()];
    const token = /value="([^"]+)"/.exec(other.page.body)?.[1] ?? '';
    expect((await mine.browser.submit(mine.page, { csrf: '' })).status).toBe(403);
    expect((await mine.browser.submit(mine.page, { csrf: token })).status).toBe(403);
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
