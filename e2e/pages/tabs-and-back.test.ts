import { initiateDeviceAuthorization } from 'openid-client';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cameBack } from '../support/relying-party.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { DOOR_CONFIG } from './door-rows.ts';
import { openStage, type Stage, signInAs as signIn } from './stage.ts';

let stage: Stage;
let sallyport: Sallyport;

beforeAll(async () => {
  // Browsers make passkeys for names only.
  stage = await openStage(DOOR_CONFIG, { host: 'localhost' });
  sallyport = stage.sallyport;
});

afterAll(() => stage?.close());

const open: Stage['open'] = (options) => stage.open(options);
const wiki = (host?: string) => stage.app('wiki', host);

/** Two tabs of one browser, whose owner is signed in, on the same page. */
async function twoTabs(path: string, username: string, password?: string) {
  const context = await open();
  const [one, other] = [await context.newPage(), await context.newPage()] as const;
  await one.goto(sallyport.issuer + path);
  await signIn(one, username, password);
  await one.waitForURL((url) => url.pathname === path);
  await other.goto(sallyport.issuer + path);
  return { context, one, other };
}

/** Counts the forms that a tab sends from now on. */
function countForms(page: Page): () => number {
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') sent++;
  });
  return () => sent;
}

/** Fills fields by their ids, and sends their form. */
async function send(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, value);
  const [id = ''] = Object.keys(fields);
  await page.click(`form:has(#${id}) button[type=submit]`);
}

const code = (secret: string, later = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({
    timestamp: Date.now() + later,
  });

describe('a mistake', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['the set-up of an app', '/account/factors/add', 'bob', { code: '000000' }],
    ['an administrator’s form', '/admin/users', 'admin', { email: 'nothing', name: '' }],
  ])(
    'in %s is said once, and neither "reload" nor "back" sends the form again',
    async (_name, path, who, fields) => {
      const context = await open();
      const page = await context.newPage();
      await page.goto(sallyport.issuer + path);
      const sent = countForms(page);
      await signIn(page, who);
      await page.locator(`#${Object.keys(fields)[0]}`).waitFor();
      await send(page, fields);
      await page.getByRole('alert').filter({ hasText: 'There is a problem' }).waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
      expect(sent()).toBe(2);
      await page.reload();
      expect(await page.getByRole('alert').filter({ hasText: 'There is a problem' }).count()).toBe(0);
      await page.goBack();
      await page.goForward();
      expect(sent()).toBe(2);
    },
  );

  it('in a password is said once: "reload" and "back" lead to the form, with nothing sent', async () => {
    const context = await open();
    const page = await context.newPage();
    const party = await wiki();
    await page.goto(party.authorizationUrl);
    const [form, sent] = [page.url(), countForms(page)];
    await signIn(page, 'jane', 'wrong');
    await page.locator('#password[aria-invalid=true]:focus').waitFor();
    expect([page.url(), await page.inputValue('#username'), sent()]).toEqual([form, 'jane', 1]);
    await page.reload();
    await page.locator('#username:focus').waitFor();
    expect([await page.getByRole('alert').count(), sent()]).toEqual([0, 1]);
    await signIn(page, 'jane');
    await page.getByRole('button', { name: 'Allow' }).click();
    await cameBack(page, party);
    await page.goBack();
    expect(sent()).toBe(3);
    expect(page.url()).not.toContain('code=');
  });
});

describe('a form that waited', () => {
  it.each([
    ['/access/changes', '#manifests', '1h'],
    ['/requests', '#reason', '1h'],
    // Codes are kept nowhere.
    ['/device', '#user_code', ''],
  ])(
    'on %s while its session was replaced in another tab is not taken, and is shown again with what may be kept',
    async (path, field, kept) => {
      const context = await open();
      const waiting = await context.newPage();
      await waiting.goto(sallyport.issuer + path);
      await signIn(waiting, 'jane');
      await waiting.locator('main form [required]:not(#username, #password)').first().waitFor();
      const other = await context.newPage();
      await other.goto(`${sallyport.issuer}/logout`);
      await other.click('button.primary');
      await other.goto(`${sallyport.issuer}/account`);
      await signIn(other, 'jane');
      await other.getByText('Where you are signed in').waitFor();
      for (const one of await waiting.locator('main [required]').all()) await one.fill('1h');
      await waiting.click(`main form:has(${field}) button[type=submit]`);
      await waiting.getByRole('alert').filter({ hasText: 'Nothing was done' }).waitFor();
      expect([new URL(waiting.url()).pathname, await waiting.inputValue(field)]).toEqual([path, kept]);
    },
  );
});

describe('the back button', () => {
  it('after a device was let in leads to a page for the next code, and to nothing that lets it in again', async () => {
    const context = await open();
    const page = await context.newPage();
    const { configuration } = await wiki();
    const device = await initiateDeviceAuthorization(configuration, { scope: 'openid' });
    await page.goto(`${sallyport.issuer}/device`);
    await signIn(page, 'jane');
    await page.fill('#user_code', device.user_code);
    await page.click('button.primary');
    await page.click('button[value=approve]');
    await page.getByRole('heading', { name: 'The device is signed in' }).waitFor();
    for (const _step of ['the buttons', 'the code']) {
      await page.goBack();
      expect(await page.locator('h1').textContent()).toBe('Connect a device');
      expect(await page.inputValue('#user_code')).toBe('');
    }
  });

  it('after somebody has asked for access, and taken it back, shows what there is now, and asks for nothing again', async () => {
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/requests`);
    await signIn(page, 'jane');
    await page.fill('#role', 'view');
    await page.fill('#namespace', 'dev');
    await page.fill('#reason', 'to see');
    await page.click('form:has(#role) button');
    await page.getByRole('status').filter({ hasText: 'You have asked.' }).waitFor();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('status').filter({ hasText: 'Ended.' }).waitFor();
    for (const _step of ['asked', 'the form']) {
      await page.goBack();
      expect(await page.locator('h1').textContent()).toBe('Access for a while');
      expect(await page.locator('.items > li').count()).toBe(1);
      expect(await page.locator('.tag').textContent()).toBe('ended');
    }
  });
});

describe('two tabs', () => {
  it('sign in beside each other', async () => {
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

  it('a double click signs in and lets in once', async () => {
    const context = await open({ javaScriptEnabled: false });
    const page = await context.newPage();
    const party = await wiki();
    await page.goto(party.authorizationUrl);
    await page.fill('#username', 'jane');
    await page.fill('#password', 'password');
    await page.dblclick('button.primary');
    await page.getByRole('button', { name: 'Allow' }).dblclick();
    expect((await party.tokens).claims()).toMatchObject({ preferred_username: 'jane' });
    await cameBack(page, party);
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

  it('ask for one consent: what was allowed in one is over in the other', async () => {
    const context = await open();
    const [one, other] = [await context.newPage(), await context.newPage()] as const;
    const party = await wiki();
    await one.goto(party.authorizationUrl);
    await signIn(one, 'bob');
    await one.getByRole('button', { name: 'Allow' }).waitFor();
    await other.goto(one.url());
    await one.getByRole('button', { name: 'Allow' }).click();
    await cameBack(one, party);
    const sent = countForms(other);
    await other.getByRole('button', { name: 'Allow' }).click();
    await other.getByRole('heading', { name: 'This sign-in is over' }).waitFor();
    await other.reload();
    await other.getByRole('main').getByRole('link', { name: 'Your account' }).click();
    expect(await other.locator('main').textContent()).toContain('bob@example.com');
    expect(sent()).toBe(1);
  });

  it('sign out once: the other says that nobody is signed in', async () => {
    const { one, other } = await twoTabs('/account', 'bob');
    await one.goto(`${sallyport.issuer}/logout`);
    await other.goto(`${sallyport.issuer}/logout`);
    // What is confirmed in the first is asked again, as the second has asked since.
    await one.getByRole('button', { name: 'Sign out' }).click();
    await one.waitForURL(/\/logout$/);
    await one.getByRole('button', { name: 'Sign out' }).click();
    await one.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByRole('heading', { name: 'You are signed out' }).waitFor();
    const sent = countForms(one);
    await one.goBack();
    await one.goto(`${sallyport.issuer}/`);
    expect(sent()).toBe(0);
    await one.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });

  it('decide once about a request for access', async () => {
    const asking = await open();
    const page = await asking.newPage();
    await page.goto(`${sallyport.issuer}/requests`);
    await signIn(page, 'jane');
    await send(page, { role: 'view', namespace: 'dev', reason: 'two tabs' });
    await page.getByRole('status').waitFor();
    const { one, other } = await twoTabs('/requests', 'admin');
    const item = (tab: Page) => tab.locator('.items > li').filter({ hasText: 'two tabs' });
    await item(one)
      .getByRole('button', { name: /^Approve/ })
      .click();
    await one.getByRole('status').filter({ hasText: 'Approved.' }).waitFor();
    await item(other)
      .getByRole('button', { name: /^(Deny|Refuse)/ })
      .click();
    await other
      .locator('[role=alert]:focus')
      .filter({ hasText: 'it is not pending any more: it is Active' })
      .waitFor();
    await item(other).getByText('active').waitFor();
  });

  it('change a user once: the second hears of the first, keeps what was typed, and may insist', async () => {
    const { one, other } = await twoTabs('/admin/users', 'admin');
    await send(one, { email: 'amy@example.com', name: 'Amy' });
    await one.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    await other.goto(one.url());
    await send(one, { name: 'Amy One' });
    await one.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    await send(other, { name: 'Amy Two' });
    await other.locator('[role=alert]:focus').filter({ hasText: 'the object has been modified' }).waitFor();
    expect(await other.inputValue('#name')).toBe('Amy Two');
    await send(other, { name: 'Amy Two' });
    await other.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    // Her password, in two tabs as well.
    await one.locator('details:has(input[value=reset]) summary').click();
    await one.click('details:has(input[value=reset]) button');
    const reset = (await one.locator('pre').first().textContent()) ?? '';
    const first = { 'new-password': 'correct horse battery', again: 'correct horse battery' };
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${sallyport.issuer}/reset`);
    await send(page, { code: reset, ...first });
    await page.getByRole('heading', { name: 'Your password is saved' }).waitFor();
    const amy = await twoTabs('/account/password', 'amy@example.com', first.again);
    const next = {
      password: first.again,
      'new-password': 'battery staple horse',
      again: 'battery staple horse',
    };
    await send(amy.one, next);
    await amy.one.getByRole('heading', { name: 'Your password is saved' }).waitFor();
    const sent = countForms(amy.other);
    await send(amy.other, next);
    // She is signed out, there too: she signs in with the new one, and is where she was, with nothing done.
    await signIn(amy.other, 'amy@example.com', next.again);
    await amy.other.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    await amy.other.goBack();
    expect(sent()).toBe(2);
  });

  // From here on these two are asked for their second factors.
  it('have one app between them: the second is told that it is there', async () => {
    const { one, other } = await twoTabs('/account/factors/add', 'bob');
    const secret = (await one.locator('main code').first().textContent()) ?? '';
    expect(await other.locator('main code').first().textContent()).toBe(secret);
    await send(one, { code: code(secret) });
    await one.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    await send(other, { code: code(secret, 30_000) });
    await other.locator('[role=alert]:focus').filter({ hasText: 'You have that one already.' }).waitFor();
  });

  it('make a passkey each, and "back" makes no third', async () => {
    const { context, one, other } = await twoTabs('/account/factors/add', 'jane');
    for (const tab of [one, other]) {
      const devtools = await context.newCDPSession(tab);
      await devtools.send('WebAuthn.enable');
      await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'usb',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
    }
    await one.bringToFront();
    await one.getByRole('button', { name: 'Create a passkey' }).click();
    await one.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    await other.bringToFront();
    await other.getByRole('button', { name: 'Create a passkey' }).click();
    await other.getByRole('heading', { name: 'Second factors' }).waitFor();
    const passkeys = other.getByRole('button', { name: /^Remove / });
    expect(await passkeys.count()).toBe(2);
    const sent = countForms(other);
    await other.goBack();
    await other.goto(`${sallyport.issuer}/account`);
    expect([await passkeys.count(), sent()]).toEqual([2, 0]);
    // What is taken away in one is gone in the other.
    await one.goto(`${sallyport.issuer}/account`);
    await one
      .getByRole('button', { name: /^Remove / })
      .first()
      .click();
    await one.getByRole('status').filter({ hasText: 'Removed.' }).waitFor();
    await passkeys.first().click();
    await other
      .locator('[role=alert]:focus')
      .filter({ hasText: 'There is no such factor any more.' })
      .waitFor();
    expect(await passkeys.count()).toBe(1);
  });
});
