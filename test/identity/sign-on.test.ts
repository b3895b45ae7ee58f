import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formsOf, textOf } from './support/browser-like.ts';
import {
  credentials,
  type Door,
  dump,
  loopback,
  openDoor,
  redeem,
  signInFor,
  startAuthorization,
  webRedirect,
} from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const parameters = { redirect_uri: loopback, scope: 'openid offline_access' };

/** A browser that has signed in for kubectl with the password. */
async function signedInBrowser(at = door, clientId = 'kubectl') {
  const browser = at.browser();
  const config = await at.relyingParty(clientId);
  const begin = (change: Record<string, string> = {}) =>
    startAuthorization(config, { ...parameters, ...change });
  const page = await browser.open((await begin()).url);
  const done = await browser.submit(page, credentials, '/login');
  expect(new URL(done.url).searchParams.has('code')).toBe(true);
  expect(browser.seen.some(({ body }) => body.includes('on this computer?'))).toBe(false);
  return { browser, config, begin };
}

describe('a program on the computer of somebody who is signed in', () => {
  it('gets nothing by prompt=none', async () => {
    const { browser, begin } = await signedInBrowser();
    const answer = await browser.open((await begin({ prompt: 'none' })).url);
    expect(Object.fromEntries(new URL(answer.url).searchParams)).toMatchObject({
      error: 'interaction_required',
      iss: door.issuer,
    });
    expect(answer.url).not.toContain('code=');
  });

  it('gets its code after a click on a page that names it and where it waits', async () => {
    const { browser, config, begin } = await signedInBrowser();
    const grants = async () => (await dump(door.store)).match(/record\/Grant\//g)?.length;
    const before = await grants();
    const attempt = await begin({ redirect_uri: 'http://localhost:31337/x' });
    const page = await browser.open(attempt.url);
    expect([page.status, page.title]).toEqual([200, 'Sign in kubectl on this computer? – Sallyport']);
    for (const text of ['localhost:31337', 'You are signed in as Jane Doe', 'Continue', 'Cancel'])
      expect(textOf(page)).toContain(text);
    expect(await grants()).toBe(before);
    const done = await browser.submit(page, {}, '/consent');
    expect(browser.seen.at(-2)?.body).toContain('Continue to kubectl');
    expect((await redeem(config, attempt, done.url)).claims()).toMatchObject({ sub: 'id-jane' });
  });

  it('gets access_denied when the person cancels', async () => {
    const { browser, begin } = await signedInBrowser();
    const page = await browser.open((await begin()).url);
    const answer = await browser.submit(page, {}, '/abort');
    expect(new URL(answer.url).searchParams.get('error')).toBe('access_denied');
  });

  it('cannot have another page press the button', async () => {
    const { browser, begin } = await signedInBrowser();
    const page = await browser.open((await begin()).url);
    const { action, fields } = formsOf(page)[0] ?? { action: '', fields: {} };
    const post = (headers: Record<string, string>, body: Record<string, string>) =>
      browser.request(action, { method: 'POST', headers, body: new URLSearchParams(body) });
    expect((await post({}, {})).status).toBe(403);
    expect((await post({ 'sec-fetch-site': 'cross-site' }, fields)).status).toBe(403);
  });

  it('needs the click too where consent is asked of nobody', async () => {
    const trusting = await openDoor({
      skipApprovalScreen: true,
      clients: [{ id: 'cli', name: 'Some CLI', public: true, redirectURIs: [loopback] }],
    });
    try {
      const { browser, begin } = await signedInBrowser(trusting, 'cli');
      const silent = await browser.open((await begin({ prompt: 'none' })).url);
      expect(new URL(silent.url).searchParams.get('error')).toBe('interaction_required');
      const page = await browser.open((await begin()).url);
      expect(page.title).toContain('Sign in Some CLI on this computer?');
      const done = await browser.submit(page, {}, '/consent');
      expect(new URL(done.url).searchParams.has('code')).toBe(true);
    } finally {
      await trusting.close();
    }
  });

  it('asks for consent once, each time, of all that it is to get', async () => {
    const asking = await openDoor({ clients: [{ id: 'cli', name: 'Some CLI', public: true }] });
    try {
      const browser = asking.browser();
      const config = await asking.relyingParty('cli');
      for (const more of ['', ' email', '']) {
        const before = browser.seen.length;
        const scope = `${parameters.scope}${more}`;
        const { tokens } = await signInFor(config, browser, { ...parameters, scope });
        const asked = browser.seen.slice(before).filter(({ body }) => body.includes('/consent"'));
        expect([more, asked.length]).toEqual([more, 1]);
        expect(tokens.scope?.split(' ').sort()).toEqual(scope.split(' ').sort());
      }
    } finally {
      await asking.close();
    }
  });
});

describe('prompt=select_account', () => {
  const parameters = { redirect_uri: webRedirect, scope: 'openid' };

  it.each<[string, Record<string, string>]>([
    ['alone', { prompt: 'select_account' }],
    ['with consent, as some clients send it', { prompt: 'select_account consent' }],
  ])('lets somebody else sign in, once: %s', async (_name, prompt) => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await signInFor(config, browser, parameters);
    const before = browser.seen.length;
    const { tokens } = await signInFor(
      config,
      browser,
      { ...parameters, ...prompt },
      { username: 'bob', password: 'password' },
    );
    expect(tokens.claims()?.sub).toBe('id-bob');
    const asked = browser.seen.slice(before).filter(({ body }) => body.includes('name="password"'));
    expect(asked).toHaveLength(1);
  });

  it('asks a browser without a session once too', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await signInFor(config, browser, { ...parameters, prompt: 'select_account' });
    expect(browser.seen.filter(({ body }) => body.includes('name="password"'))).toHaveLength(1);
  });
});
