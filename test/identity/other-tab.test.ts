import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from './support/browser-like.ts';
import {
  bob,
  credentials,
  type Door,
  openDoor,
  redeem,
  startAuthorization,
  walk,
  webRedirect,
} from './support/door.ts';

const request = { redirect_uri: webRedirect, scope: 'openid' };
const asBob = { username: bob.email, password: 'password' };
let door: Door;
beforeAll(async () => {
  door = await openDoor({ skipApprovalScreen: true });
});
afterAll(() => door.close());

/** Two tabs of one browser at the sign-in; somebody has signed in in the first one. */
async function twoTabs(parameters: Record<string, string> = {}) {
  const config = await door.relyingParty('web', 'web-secret');
  const browser = door.browser();
  const [first, second] = [
    await startAuthorization(config, request),
    await startAuthorization(config, { ...request, ...parameters }),
  ];
  await browser.open(first.url);
  const form = await browser.open(second.url);
  await redeem(config, first, (await walk(browser, first.url)).url);
  const tokens = async (callback: string) => (await redeem(config, second, callback)).claims();
  return { browser, form, tokens };
}

describe('S-105: a tab at the sign-in, when somebody has signed in in another one', () => {
  it('goes on with them when it is looked at again', async () => {
    const { browser, form, tokens } = await twoTabs();
    expect(await tokens((await browser.open(form.url)).url)).toMatchObject({ sub: 'id-jane' });
  });

  it('goes on with them when they sign in there, too', async () => {
    const { browser, form, tokens } = await twoTabs();
    expect(await tokens((await browser.submit(form, credentials, '/login')).url)).toMatchObject({
      sub: 'id-jane',
    });
  });

  it('asks once more who wants to sign in as somebody else, who then is the one signed in', async () => {
    const { browser, form, tokens } = await twoTabs();
    const again = await browser.submit(form, asBob, '/login');
    expect([again.status, again.url]).toEqual([200, form.url]);
    expect(textOf(again)).toContain('Somebody has signed in with this browser in another tab.');
    expect(again.body).toContain(`value="${bob.email}"`);
    expect(await tokens((await browser.submit(again, asBob, '/login')).url)).toMatchObject({ sub: 'id-bob' });
    expect(textOf(await browser.open(`${door.issuer}/`))).toContain(bob.email);
    expect(door.events).toContainEqual(
      expect.objectContaining({ action: 'session.end', subject: 'id-jane', detail: 'replaced' }),
    );
  });

  it('still asks where the application wants the password anew', async () => {
    const { browser, form, tokens } = await twoTabs({ prompt: 'login' });
    expect((await browser.open(form.url)).body).toContain('name="password"');
    const again = await browser.submit(form, credentials, '/login');
    expect(textOf(again)).toContain('sign in once more');
    expect(await tokens((await browser.submit(again, credentials, '/login')).url)).toMatchObject({
      sub: 'id-jane',
    });
  });

  it('says that a form was open for too long only where nobody has signed in', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const form = await browser.open((await startAuthorization(config, request)).url);
    const stale = { ...form, body: form.body.replace(/(name="csrf" value=")[^"]*/g, '$1x') };
    expect(textOf(await browser.submit(stale, credentials, '/login'))).toContain('open for too long');
  });
});
