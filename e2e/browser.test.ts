import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as oidc from 'openid-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openKubelogin } from './support/kubelogin.ts';
import { cameBack, openRelyingParty, type RelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const SCREENSHOTS = resolve(import.meta.dirname, 'screenshots');

describe('signing in with a browser', () => {
  let sallyport: Sallyport;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let parties: { close(): void }[];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [sallyport, browser] = await Promise.all([
      startSallyport((config) =>
        config.replace(
          'staticClients: []',
          `staticClients:
  - id: wiki
    name: The wiki
    public: true
`,
        ),
      ),
      launchBrowser(),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await sallyport?.dispose();
  });

  beforeEach(async () => {
    parties = [];
    // No JavaScript: the pages must do without.
    context = await browser.newContext({ javaScriptEnabled: false });
    page = await context.newPage();
  });

  afterEach(async () => {
    for (const party of parties) party.close();
    await context.close();
  });

  async function party(
    clientId: string,
    options: { scope?: string; host?: string } = {},
  ): Promise<RelyingParty> {
    const opened = await openRelyingParty({ issuer: sallyport.issuer, clientId, ...options });
    parties.push(opened);
    return opened;
  }

  it('gives an application an ID token with the groups of the account', async () => {
    const wiki = await party('wiki');
    await page.goto(wiki.authorizationUrl);
    expect(await page.title()).toMatch(/sign in/i);
    await page.screenshot({ path: join(SCREENSHOTS, 'sign-in.png') });
    await signIn(page, 'jane@example.com');
    await page.getByRole('button', { name: /allow|continue|grant/i }).waitFor();
    expect(await page.textContent('main')).toContain('The wiki');
    await page.screenshot({ path: join(SCREENSHOTS, 'consent.png') });
    await page.getByRole('button', { name: /allow|continue|grant/i }).click();
    const tokens = await wiki.tokens;
    expect(tokens.claims()).toMatchObject({
      iss: sallyport.issuer,
      aud: 'wiki',
      email: 'jane@example.com',
      email_verified: true,
      name: 'Jane',
      preferred_username: 'jane',
      groups: ['developers'],
    });
    await cameBack(page, wiki);
  });

  it('refuses a wrong password and an unknown person with the same words', async () => {
    const texts: (string | null)[] = [];
    for (const login of ['jane@example.com', 'nobody@example.com']) {
      const wiki = await party('wiki');
      await page.goto(wiki.authorizationUrl);
      await signIn(page, login, 'wrong');
      texts.push(await page.getByRole('alert').textContent());
      expect(await page.title()).toMatch(/^Error/);
      await page.screenshot({ path: join(SCREENSHOTS, 'wrong-password.png') });
    }
    expect(texts[0]).toBeTruthy();
    expect(texts[1]).toBe(texts[0]);
  });

  it('says at the field that the code of a reset is not right, and keeps no password in the page', async () => {
    await page.goto(`${sallyport.issuer}/reset`);
    await page.screenshot({ path: join(SCREENSHOTS, 'reset.png') });
    await page.getByLabel('Code').fill('not-a-code');
    await page.getByLabel('New password', { exact: true }).fill('correct horse battery');
    await page.getByLabel('New password, once more').fill('correct horse battery');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('The code is not right');
    expect(await page.title()).toMatch(/^Error/);
    expect(await page.getByLabel('Code').getAttribute('aria-invalid')).toBe('true');
    expect(await page.content()).not.toContain('correct horse');
    await page.screenshot({ path: join(SCREENSHOTS, 'reset-refused.png') });
  });

  it('shows an error page, not a redirect, for an unregistered redirect URI', async () => {
    const wiki = await party('wiki');
    const url = new URL(wiki.authorizationUrl);
    url.searchParams.set('redirect_uri', 'https://evil.example/cb');
    const answer = await page.goto(url.href);
    expect(answer?.status()).toBe(400);
    expect(new URL(page.url()).origin).toBe(sallyport.issuer);
    await page.screenshot({ path: join(SCREENSHOTS, 'error.png') });
  });

  it('needs no second sign-in for the next application, and a new one after sign-out', async () => {
    const first = await party('kubectl');
    await page.goto(first.authorizationUrl);
    await signIn(page, 'admin');
    expect((await first.tokens).claims()).toMatchObject({
      preferred_username: 'admin',
      groups: ['platform-admins'],
    });
    await cameBack(page, first);

    const second = await party('kubectl');
    await page.goto(second.authorizationUrl);
    expect(await page.textContent('main')).toContain(new URL(second.redirectUri).host);
    await page.screenshot({ path: join(SCREENSHOTS, 'sign-on.png') });
    await page.getByRole('button', { name: 'Continue' }).click();
    expect((await second.tokens).claims()).toMatchObject({ preferred_username: 'admin' });
    await cameBack(page, second);

    await page.goto(`${sallyport.issuer}/`);
    expect(await page.textContent('main')).toContain('admin@example.com');
    await page.screenshot({ path: join(SCREENSHOTS, 'home.png') });
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();

    const third = await party('kubectl');
    await page.goto(third.authorizationUrl);
    expect(await page.getByLabel(/^password/i).isVisible()).toBe(true);
  });

  it.each([
    [8000, []],
    [18000, ['offline_access']],
    [0, ['groups']],
  ])('signs kubelogin in on localhost:%d with extra scopes %j', async (port, scopes) => {
    const kubelogin = await openKubelogin(sallyport.issuer, port, scopes);
    parties.push(kubelogin);
    await page.goto(kubelogin.authorizationUrl);
    await signIn(page, 'jane');
    expect(await kubelogin.claims).toMatchObject({ preferred_username: 'jane', groups: ['developers'] });
  });

  it('issues refresh tokens that have one successor, and end with it when they are used after it', async () => {
    const kubectl = await party('kubectl');
    await page.goto(kubectl.authorizationUrl);
    await signIn(page, 'jane');
    const { refresh_token: old = '' } = await kubectl.tokens;
    const fresh = await oidc.refreshTokenGrant(kubectl.configuration, old);
    expect(fresh.claims()).toMatchObject({ groups: ['developers'] });
    const again = await oidc.refreshTokenGrant(kubectl.configuration, old);
    expect(again.refresh_token).toBe(fresh.refresh_token);
    const last = await oidc.refreshTokenGrant(kubectl.configuration, fresh.refresh_token ?? '');
    for (const token of [old, last.refresh_token ?? '']) {
      await expect(oidc.refreshTokenGrant(kubectl.configuration, token)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    }
  });

  it('is not disturbed by a strict policy: no page breaks its own Content-Security-Policy', async () => {
    const strict = await browser.newContext();
    const tab = await strict.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    const wiki = await party('wiki');
    await tab.goto(wiki.authorizationUrl);
    await signIn(tab, 'jane');
    await tab.getByRole('button', { name: /allow|continue|grant/i }).click();
    await wiki.tokens;
    expect(complaints.filter((text) => /Content Security Policy|violates/i.test(text))).toEqual([]);
    await strict.close();
  });
});
