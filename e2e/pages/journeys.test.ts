import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { launchBrowser } from './support/browser.ts';
import { complaintsOf, operable, overflow, tabStops, violations } from './support/page-audit.ts';
import { cameBack, openRelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const SCREENSHOTS = resolve(import.meta.dirname, 'screenshots');
/** `UPDATE_IMAGES=1` makes the pictures of the README anew. */
const IMAGES =
  process.env['UPDATE_IMAGES'] === '1' ? resolve(import.meta.dirname, '../docs/images') : SCREENSHOTS;

let sallyport: Sallyport;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  [sallyport, browser] = await Promise.all([
    startSallyport((config) =>
      config.replace(
        'staticClients: []',
        'staticClients:\n  - id: wiki\n    name: The wiki\n    public: true\n',
      ),
    ),
    launchBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await sallyport?.dispose();
});

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return context;
}

/** In whatever language the page speaks. */
async function signIn(page: Page, username: string, password = 'password'): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('button.primary');
}

async function wiki(host?: string) {
  const party = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'wiki', ...(host && { host }) });
  onTestFinished(() => party.close());
  return party;
}

const changed = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: extra, namespace: dev }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: bob }]
`;

/** Pages on the way in, each reached from the one before. */
const ON_THE_WAY: readonly (readonly [name: string, go: (page: Page) => Promise<unknown>])[] = [
  ['front', (page) => page.goto(`${sallyport.issuer}/`)],
  ['not-found', (page) => page.goto(`${sallyport.issuer}/nowhere`)],
  ['reset', (page) => page.goto(`${sallyport.issuer}/reset`)],
  ['sign-in', async (page) => page.goto((await wiki()).authorizationUrl)],
  ['wrong-password', (page) => signIn(page, 'admin', 'wrong')],
  ['consent', (page) => signIn(page, 'admin')],
];

/** Pages of somebody who is signed in, besides those that the navigation leads to. */
const PAGES: readonly (readonly [name: string, go: string | ((page: Page) => Promise<unknown>)])[] = [
  ['access-yes', '/access?verb=get&resource=pods&namespace=dev'],
  ['access-no', '/access?verb=delete&resource=pods&namespace=default&as=jane&groups=developers'],
  ['access-wrong', '/access?verb=get'],
  ['rights', '/access/rights?as=jane&groups=developers'],
  ['rights-in-dev', '/access/rights?namespace=dev&resource=pod'],
  ['who', '/access/who?verb=delete&resource=pods'],
  ['changes', '/access/changes'],
  [
    'changes-found',
    async (page) => {
      await page.fill('#manifests', changed);
      await page.click('button.primary');
    },
  ],
  ['denials', '/access/denials?as=bob'],
  ['admin-groups', '/admin/groups'],
  ['admin-events', '/admin/events?result=success'],
  ['admin-user', '/admin/users/41331323-6f44-45e6-b3b9-2c4b60c02be5'],
  ['add-factor', '/account/factors/add'],
  ['device', '/device'],
  [
    'device-wrong',
    async (page) => {
      await page.fill('#user_code', 'BBBB-BBBB');
      await page.click('button.primary');
    },
  ],
  ['sign-out', '/logout'],
];

/** Pages that are well as they are shown now; what is not, in words. */
function createAuditor(page: Page, lang: 'en' | 'sv') {
  const wrong: string[] = [];
  const titles = new Map<string, string>();

  async function look(name: string, width: number, colorScheme: 'light' | 'dark', rules?: readonly string[]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    if ((await overflow(page)) > 0) wrong.push(`${name}: wider than ${width} px`);
    const shot = `${name}-${lang}-${colorScheme}-${width}.png`;
    if (lang === 'en' || width === 320)
      await page.screenshot({ path: join(SCREENSHOTS, shot), fullPage: true });
    if (rules?.length === 0) return;
    for (const found of await violations(page, rules)) wrong.push(`${name}, ${colorScheme}: ${found}`);
  }

  return {
    wrong,
    titles,
    async audit(name: string): Promise<void> {
      titles.set(name, await page.title());
      if ((await page.getAttribute('html', 'lang')) !== lang) wrong.push(`${name}: another language`);
      if ((await page.locator('h1').count()) !== 1) wrong.push(`${name}: not one heading of the first level`);
      // All of it in one theme, in the other what a theme can spoil; the languages differ in how long words are.
      if (lang === 'en') {
        await look(name, 320, 'dark', ['color-contrast']);
        await look(name, 1440, 'light');
      } else {
        await look(name, 320, 'light', []);
        await look(name, 1440, 'dark');
      }
    },
  };
}

describe.each(['en', 'sv'] as const)('every page in %s', (lang) => {
  it('can be read, in light and dark, narrow and wide, and says what it is', async () => {
    // A colour on its way from one theme to the other is no colour to be judged.
    const context = await open({ locale: lang, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const { audit, titles, wrong } = createAuditor(page, lang);
    for (const [name, go] of ON_THE_WAY) {
      await go(page);
      await audit(name);
    }
    await page.goto(`${sallyport.issuer}/`);
    const links = await page
      .locator('header nav a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links).toEqual(expect.arrayContaining(['/', '/connect', '/access', '/account']));
    const parts = links
      .filter((href) => href !== '/logout')
      .map((href) => [`part${href.replaceAll('/', '-')}`, href] as const);
    for (const [name, go] of [...parts, ...PAGES]) {
      if (typeof go === 'string') await page.goto(sallyport.issuer + go);
      else await go(page);
      await audit(name);
    }
    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
    for (const name of ['wrong-password', 'not-found', 'access-wrong', 'device-wrong'])
      expect(titles.get(name)).toMatch(lang === 'en' ? /^Error: / : /^Fel: /);
    const parted = parts.map(([name]) => titles.get(name));
    expect(new Set(parted).size).toBe(parted.length);
  });
});

describe('with the keyboard', () => {
  it('everything is reached in order, and the focus is seen', async () => {
    const context = await open({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/access/rights?namespace=dev&resource=pods`);
    const fields = await tabStops(page);
    expect(fields.filter(({ visible }) => !visible)).toEqual([]);
    expect(fields).toHaveLength(await operable(page));
    await signIn(page, 'admin');
    await page.waitForURL(/\/access\/rights/);
    for (const path of [
      '/',
      '/connect',
      '/access/rights?namespace=dev&resource=secrets',
      '/account',
      '/device',
    ]) {
      await page.goto(sallyport.issuer + path);
      const stops = await tabStops(page);
      expect([path, stops.filter(({ visible }) => !visible)]).toEqual([path, []]);
      expect(stops.length).toBeGreaterThanOrEqual(await operable(page));
      if (path !== '/device') expect(stops[0]?.name).toBe('Skip to the content');
    }
    await page.goto(`${sallyport.issuer}/access`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
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
    const alert = page.locator('[role=alert]:focus');
    await alert.waitFor();
    expect(await alert.getByRole('link').getAttribute('href')).toBe('#username');
    expect(await page.getAttribute('#username', 'aria-invalid')).toBe('true');
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
    await page.getByLabel('Manifests').fill(changed);
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

  it('two tabs sign in beside each other', async () => {
    const context = await open({ javaScriptEnabled: false });
    const tabs = [await context.newPage(), await context.newPage()] as const;
    const parties = [await wiki(), await wiki()] as const;
    for (const [index, tab] of tabs.entries()) await tab.goto(parties[index as 0 | 1].authorizationUrl);
    await signIn(tabs[0], 'jane');
    await tabs[0].getByRole('button', { name: 'Allow' }).click();
    expect((await parties[0].tokens).claims()).toMatchObject({ preferred_username: 'jane' });
    // The form in the other tab is of the session before the sign-in: whoever is signed in by now goes on.
    await signIn(tabs[1], 'jane');
    await tabs[1].getByRole('button', { name: 'Allow' }).click();
    expect((await parties[1].tokens).claims()).toMatchObject({ preferred_username: 'jane' });
    await cameBack(tabs[1], parties[1]);
    // Back leads to what says that it is over, and to where one is signed in.
    await tabs[1].goBack();
    expect(tabs[1].url()).not.toContain('code=');
  });

  it('a tab that waited while somebody signed in in another goes on with them, or with somebody else', async () => {
    const context = await open({ javaScriptEnabled: false });
    const tabs = [await context.newPage(), await context.newPage(), await context.newPage()] as const;
    const parties = [await wiki(), await wiki(), await wiki()] as const;
    for (const [index, tab] of tabs.entries()) await tab.goto(parties[index as 0 | 1 | 2].authorizationUrl);
    const form = tabs[0].url();
    await signIn(tabs[0], 'jane');
    await tabs[0].getByRole('button', { name: 'Allow' }).click();
    await cameBack(tabs[0], parties[0]);
    await tabs[0].goto(form);
    expect(await tabs[0].locator('h1').textContent()).toBe('This sign-in is over');
    await tabs[0].getByRole('main').getByRole('link', { name: 'Your account' }).click();
    expect(await tabs[0].locator('main').textContent()).toContain('jane@example.com');
    await tabs[1].reload();
    await tabs[1].getByRole('button', { name: 'Allow' }).click();
    expect((await parties[1].tokens).claims()).toMatchObject({ preferred_username: 'jane' });
    await signIn(tabs[2], 'admin');
    expect(await tabs[2].textContent('[role=alert]')).toContain('in another tab');
    expect(await tabs[2].inputValue('#username')).toBe('admin');
    await signIn(tabs[2], 'admin');
    await tabs[2].getByRole('button', { name: 'Allow' }).click();
    expect((await parties[2].tokens).claims()).toMatchObject({ preferred_username: 'admin' });
  });
});

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
      await page.setViewportSize({ width: 1280, height: 900 });
    }
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
