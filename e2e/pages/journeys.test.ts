import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../support/free-port.ts';
import { overflow } from '../support/page-audit.ts';
import { cameBack, openRelyingParty } from '../support/relying-party.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { CHANGED } from './portal-rows.ts';
import { openStage, type Stage, signInAs as signIn } from './stage.ts';

const SCREENSHOTS = resolve(import.meta.dirname, '../screenshots');
/** `UPDATE_IMAGES=1` makes the pictures of the README anew. */
const IMAGES =
  process.env['UPDATE_IMAGES'] === '1' ? resolve(import.meta.dirname, '../../docs/images') : SCREENSHOTS;

let stage: Stage;
let sallyport: Sallyport;
/** Where an application waits whose addresses are registered. */
let byePort: number;

beforeAll(async () => {
  byePort = await freePort();
  const bye = `['http://[::1]:${byePort}/callback']`;
  const clients = `staticClients:
  - { id: wiki, name: The wiki, public: true }
  - { id: bye, name: Bye, public: true, redirectURIs: ${bye}, postLogoutRedirectURIs: ${bye} }
`;
  mkdirSync(SCREENSHOTS, { recursive: true });
  stage = await openStage(clients);
  sallyport = stage.sallyport;
});

afterAll(() => stage?.close());

const open: Stage['open'] = (options) => stage.open(options);
const wiki = (host?: string) => stage.app('wiki', host);

describe('with the keyboard', () => {
  it('the way into a page leads past its navigation', async () => {
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/access`);
    await signIn(page, 'admin');
    await page.waitForURL(/\/access/);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
  });
});

describe('a password that is typed', () => {
  it('is shown while its button is pressed, by keyboard too, and hidden when it is sent', async () => {
    const context = await open();
    const page = await context.newPage();
    const party = await wiki();
    await page.goto(party.authorizationUrl);
    const field = page.locator('#password');
    const button = page.getByRole('button', { name: 'Show Password' });
    const look = async () => [
      await field.getAttribute('type'),
      await field.getAttribute('autocomplete'),
      await field.inputValue(),
      await button.getAttribute('aria-pressed'),
    ];
    await page.fill('#username', 'jane');
    await field.fill('wrong one');
    await field.press('Tab');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Show Password');
    expect(await look()).toEqual(['password', 'current-password', 'wrong one', 'false']);
    await page.keyboard.press('Space');
    expect(await look()).toEqual(['text', 'current-password', 'wrong one', 'true']);
    await page.keyboard.press('Space');
    expect(await look()).toEqual(['password', 'current-password', 'wrong one', 'false']);
    await button.click();
    await field.press('Enter');
    await page.locator('[role=alert]').waitFor();
    expect(await look()).toEqual(['password', 'current-password', '', 'false']);
    await page.goto(`${sallyport.issuer}/reset`);
    expect(await page.locator('button.show').count()).toBe(3);
  });
});

describe('without JavaScript', () => {
  it('people sign in, and a mistake has the focus and its words', async () => {
    const context = await open({ javaScriptEnabled: false });
    const page = await context.newPage();
    const party = await wiki();
    await page.goto(party.authorizationUrl);
    const tokens = ['#username', '#password'].map((id) => page.getAttribute(id, 'autocomplete'));
    expect(await Promise.all(tokens)).toEqual(['username', 'current-password']);
    await signIn(page, 'jane', 'wrong');
    await page.locator('#password[aria-invalid=true]:focus').waitFor();
    expect(await page.getByRole('alert').getByRole('link').getAttribute('href')).toBe('#password');
    expect(await page.getAttribute('#password', 'aria-describedby')).toBe('error');
    expect(await page.inputValue('#username')).toBe('jane');
    expect(await page.inputValue('#password')).toBe('');
  });

  it('the whole portal works: questions, filters, long forms, the download, taking back', async () => {
    const context = await open({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/`);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'admin');
    await page
      .getByRole('link', { name: 'All rights' })
      .or(page.getByRole('link', { name: 'Access', exact: true }))
      .first()
      .click();
    await page.getByRole('link', { name: 'All rights' }).click();
    await page.getByLabel('Namespace').fill('dev');
    await page.getByText('As seen by somebody else').click();
    await page.getByLabel('User', { exact: true }).fill('jane');
    await page.locator('#groups').fill('developers');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: 'delete pods: allowed' }).click();
    expect(await page.textContent('main')).toContain('RoleBinding developers (dev)');
    await page.getByRole('link', { name: 'What would change?' }).click();
    await page.getByLabel('Manifests').fill(CHANGED);
    await page.getByRole('button', { name: 'Compare' }).click();
    expect(await page.textContent('main')).toContain('gains');

    await page.getByRole('link', { name: 'Connect' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the kubeconfig' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('sallyport.kubeconfig');
    const kubeconfig = parse(await readFile(await download.path(), 'utf8'));
    expect(kubeconfig.clusters[0].cluster.server).toBe(sallyport.gateway);

    const party = await wiki();
    await page.goto(party.authorizationUrl);
    await page.getByRole('button', { name: 'Allow' }).click();
    await party.tokens;
    await cameBack(page, party);
    await page.goto(`${sallyport.issuer}/account`);
    await page.getByRole('button', { name: 'Take back the permission of The wiki' }).click();
    expect(await page.textContent('[role=status]')).toContain('Taken back.');
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])(
    'a program that waits at %s gets the person back',
    async (host) => {
      const context = await open({ javaScriptEnabled: false });
      const page = await context.newPage();
      const party = await wiki(host);
      const policies: string[] = [];
      page.on('response', (answer) => {
        if (answer.url().startsWith(sallyport.issuer) && answer.request().isNavigationRequest())
          policies.push(answer.headers()['content-security-policy'] ?? '');
      });
      await page.goto(party.authorizationUrl);
      await signIn(page, 'jane');
      await page.getByRole('button', { name: 'Allow' }).click();
      expect((await party.tokens).claims()).toMatchObject({ preferred_username: 'jane' });
      await cameBack(page, party);
      expect(policies.every((policy) => policy.includes("form-action 'self'"))).toBe(true);
      // The back button leads to a page that says so, not to a form that no longer counts.
      await page.goBack();
      expect(page.url()).not.toContain('code=');
      expect(await page.locator('h1').textContent()).toMatch(
        /Continue to|This sign-in is over|Something went wrong/,
      );
    },
  );

  it.each(['127.0.0.1', '[::1]'])('a no gets back to a program that waits at %s', async (host) => {
    const context = await open({ javaScriptEnabled: false });
    const page = await context.newPage();
    const party = await wiki(host);
    await page.goto(party.authorizationUrl);
    await signIn(page, 'jane');
    await page.getByRole('button', { name: 'Deny' }).click();
    await expect(party.tokens).rejects.toMatchObject({ error: 'access_denied' });
    await cameBack(page, party);
  });

  it('a sign-out that an application began ends there', async () => {
    const context = await open({ javaScriptEnabled: false });
    const page = await context.newPage();
    const party = await openRelyingParty({
      issuer: sallyport.issuer,
      clientId: 'bye',
      host: '[::1]',
      port: byePort,
    });
    onTestFinished(() => party.close());
    await page.goto(party.authorizationUrl);
    await signIn(page, 'jane');
    await page.getByRole('button', { name: 'Allow' }).click();
    await cameBack(page, party);
    const query = { client_id: 'bye', post_logout_redirect_uri: party.redirectUri };
    await page.goto(`${sallyport.issuer}/logout?${new URLSearchParams(query)}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await cameBack(page, party);
    await page.goto(`${sallyport.issuer}/`);
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });
});

/** What is read from left to right and is not, and what of a picture is outside it. */
const ASTRAY = `[
  ...[...document.querySelectorAll('pre, code, time')].filter((one) => getComputedStyle(one).direction !== 'ltr'),
  ...[...document.querySelectorAll('svg.graph text')].filter((one) => {
    const [text, picture] = [one.getBoundingClientRect(), one.closest('svg').getBoundingClientRect()];
    return text.left < picture.left || text.right > picture.right;
  }),
].map((one) => one.outerHTML)`;

describe('from right to left', () => {
  it('pages are mirrored, and still fit', async () => {
    const context = await open({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/access/rights?namespace=dev`);
    await signIn(page, 'admin');
    await page.waitForURL(/\/access\/rights/);
    for (const path of ['/', '/connect', '/access/rights?namespace=dev', '/account']) {
      await page.goto(sallyport.issuer + path);
      await page.evaluate('document.documentElement.dir = "rtl"');
      const place = async (selector: string) => (await page.locator(selector).first().boundingBox())?.x ?? 0;
      expect(await place('header nav')).toBeLessThan(await place('header .brand'));
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 900 });
        expect([path, width, await overflow(page)]).toEqual([path, width, 0]);
      }
      expect([path, await page.evaluate(ASTRAY)]).toEqual([path, []]);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });
});

describe('in a browser that has colours of its own', () => {
  it('buttons and cards are seen by their borders', async () => {
    const context = await open({ forcedColors: 'active' });
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/account`);
    const bare = () =>
      page.evaluate(
        "[...document.querySelectorAll('main button, main .button, .card')].filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).borderTopWidth) < 1).map((one) => one.outerHTML)",
      );
    expect(await bare()).toEqual([]);
    await signIn(page, 'admin');
    await page.waitForURL(/account/);
    expect(await bare()).toEqual([]);
  });
});

describe('pictures', () => {
  it('show what the documents show', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await open({ colorScheme, viewport: { width: 1120, height: 660 } });
      const page = await context.newPage();
      const picture = (name: string) => join(IMAGES, `${name}-${colorScheme}.png`);
      await page.goto(`${sallyport.issuer}/access?verb=delete&resource=pods&namespace=default&name=web`);
      await signIn(page, 'jane');
      await page.waitForURL(/access/);
      await page.screenshot({ path: picture('access') });
      await page.goto(`${sallyport.issuer}/access/rights?namespace=dev&resource=pods`);
      await page.locator('.card', { has: page.locator('.matrix') }).screenshot({ path: picture('rights') });
    }
  });
});

describe('a configuration that changes under the running product', () => {
  it('is that of the next page and the next token; the log says what has changed', async () => {
    const { configFile, issuer } = sallyport;
    const text = await readFile(configFile, 'utf8');
    onTestFinished(() => writeFile(configFile, text));
    const looks = text.replace('issuer: Sallyport demo', 'issuer: ACME\n  accentColor: "#cc0044"');
    await writeFile(
      configFile,
      looks.replace('enablePasswordDB', 'expiry: { idTokens: 10m }\nenablePasswordDB'),
    );
    await expect.poll(() => sallyport.stderr(), { timeout: 20_000 }).toContain('configuration reloaded');
    for (const key of ['frontend.issuer', 'frontend.accentColor', 'expiry.idTokens'])
      expect(sallyport.stderr()).toContain(key);
    const context = await open({ colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(issuer);
    expect(await page.title()).toContain('ACME');
    const colour = 'getComputedStyle(document.querySelector("a.button.primary")).backgroundColor';
    expect(await page.evaluate(colour)).toBe('rgb(204, 0, 68)');
    const party = await wiki();
    await page.goto(party.authorizationUrl);
    await signIn(page, 'jane');
    await page.getByRole('button', { name: 'Allow' }).click();
    const { exp = 0, iat = 0 } = (await party.tokens).claims() ?? {};
    expect(exp - iat).toBe(600);
  });
});
