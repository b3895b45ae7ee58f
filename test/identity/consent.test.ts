import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from './support/browser-like.ts';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  signInFor,
  startAuthorization,
  webClient,
  webRedirect,
} from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('consent', () => {
  it('names the application, where the answer goes and what it asks for; once given it is not asked again', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const parameters = { redirect_uri: webRedirect, scope: 'openid email groups offline_access' };
    const first = await startAuthorization(config, parameters);
    const login = await browser.open(first.url);
    const page = await browser.submit(login, { username: 'jane', password: 'password' }, '/login');
    expect(page.title).toBe('Allow Web App to use your account? – Sallyport');
    for (const text of [
      'app.example',
      'see your e-mail address',
      'see the groups you belong to',
      'stay signed in',
      'Jane Doe',
      'Deny',
    ]) {
      expect(textOf(page)).toContain(text);
    }
    expect(textOf(page)).not.toContain('see your name');
    const done = await browser.submit(page, {}, '/consent');
    expect(done.url).toContain(`${webRedirect}?code=`);
    const second = await browser.open((await startAuthorization(config, parameters)).url);
    expect(second.url).toContain(`${webRedirect}?code=`);
    const wider = await browser.open(
      (await startAuthorization(config, { ...parameters, scope: 'openid profile' })).url,
    );
    expect(textOf(wider)).toContain('see your name');
  });

  it('S-023: is asked each time for a client that any program on the machine could pretend to be', async () => {
    const native = await openDoor({ clients: [{ id: 'cli', name: 'Some CLI', public: true }] });
    try {
      const config = await native.relyingParty('cli');
      const browser = native.browser();
      const parameters = { redirect_uri: loopback, scope: 'openid' };
      await signInFor(config, browser, parameters);
      const page = await browser.open((await startAuthorization(config, parameters)).url);
      expect(page.title).toContain('Allow Some CLI');
    } finally {
      await native.close();
    }
  });

  it('is asked of nobody with skipApprovalScreen', async () => {
    const trusting = await openDoor({
      skipApprovalScreen: true,
      clients: [webClient, { id: 'cli', public: true }],
    });
    try {
      for (const [id, secret, redirect_uri] of [
        ['web', 'web-secret', webRedirect],
        ['cli', undefined, loopback],
      ] as const) {
        const browser = trusting.browser();
        const { tokens } = await signInFor(await trusting.relyingParty(id, secret), browser, {
          redirect_uri,
          scope: 'openid groups',
        });
        expect(tokens.claims()).toMatchObject({ groups: jane.groups });
        expect(browser.seen.some(({ body }) => body.includes('/consent"'))).toBe(false);
      }
    } finally {
      await trusting.close();
    }
  });
});
