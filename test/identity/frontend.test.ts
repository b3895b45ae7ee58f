import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from './support/browser-like.ts';
import { credentials, type Door, openDoor } from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    frontend: {
      issuer: 'ACME',
      accentColor: '#cc0044',
      supportURL: 'mailto:help@acme.example',
      notice: { en: 'Use your <work> account.', sv: 'Använd ditt jobbkonto.' },
    },
  });
});
afterAll(() => door.close());

const home = (lang: string) => door.browser({ 'accept-language': lang });

/** Follows the button of the front page. */
async function toSignIn(lang: string) {
  const browser = home(lang);
  const page = await browser.open(`${door.issuer}/`);
  const [, url = ''] = /<a class="button primary" href="([^"]+)"/.exec(page.body) ?? [];
  return { browser, page: await browser.open(`${door.issuer}${url.replaceAll('&amp;', '&')}`) };
}

describe('the frontend of the configuration', () => {
  it('has its colour in a style sheet of its own, which the policy of the pages allows', async () => {
    const page = await home('en').open(`${door.issuer}/`);
    const sheets = [...page.body.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, url]) => url);
    expect(sheets).toHaveLength(2);
    const answer = await fetch(`${door.issuer}${sheets[1]}`);
    expect(answer.headers.get('content-type')).toContain('text/css');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(await answer.text()).toContain('--accent: light-dark(#cc0044, ');
    expect(page.body).not.toContain('style=');
  });

  it('leads to help from every page', async () => {
    for (const path of ['/', '/nowhere', '/reset']) {
      const { body } = await home('en').open(`${door.issuer}${path}`);
      expect(body).toContain('<a href="mailto:help@acme.example">Get help</a>');
    }
  });

  it('has its notice on the sign-in page, as text, in the language of the page', async () => {
    expect((await toSignIn('en')).page.body).toContain('Use your &lt;work&gt; account.');
    expect(textOf((await toSignIn('sv')).page)).toContain('Använd ditt jobbkonto.');
  });

  it('signs people in from the front page, and shows them who they are', async () => {
    const { browser, page } = await toSignIn('en');
    const seen = await browser.submit(page, credentials, '/login');
    expect(seen.url).toBe(`${door.issuer}/`);
    expect(seen.title).toBe('Your account – ACME');
    const text = textOf(seen);
    expect(text).toMatch(/Jane Doe .*jane@example.com .*developers .*Account kept in the configuration/);
    expect(text).toMatch(/Signed in since \d{4}-\d\d-\d\d .*Session ends \d{4}-\d\d-\d\d/);
    expect(text).toContain('You are signed in here and nowhere else.');
  });

  it('leads password managers to where a password is changed', async () => {
    const answer = await fetch(`${door.issuer}/.well-known/change-password`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/account/password']);
  });

  it('tells them where passkeys are made and seen, where there can be any', async () => {
    const asked = (issuer: string) => fetch(`${new URL(issuer).origin}/.well-known/passkey-endpoints`);
    // At an address in numbers browsers make none.
    expect((await asked(door.issuer)).status).toBe(404);
    const named = await openDoor({ hostname: 'localhost', path: '/id' });
    try {
      expect(await (await asked(named.issuer)).json()).toEqual({
        enroll: `${named.issuer}/account/factors/add`,
        manage: `${named.issuer}/account`,
      });
    } finally {
      await named.close();
    }
  });

  it('publishes the languages that pages can be asked for in', async () => {
    const discovery = await fetch(`${door.issuer}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ ui_locales_supported: ['en', 'sv'] });
  });
});
