import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserLike } from '../support/browser-like.ts';
import { formsOf, textOf } from '../support/browser-like.ts';
import {
  bob,
  type Door,
  jane,
  openDoor,
  signInFor,
  startAuthorization,
  webRedirect,
} from '../support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const asked = { redirect_uri: webRedirect, scope: 'openid' };
const asBob = { username: bob.email, password: 'password' };

/** Another browser with the same cookies: what somebody has copied, or has planted. */
function twinOf(browser: BrowserLike): BrowserLike {
  const twin = door.browser();
  for (const [key, cookie] of browser.cookies) twin.cookies.set(key, cookie);
  return twin;
}

const front = async (browser: BrowserLike) => textOf(await browser.open(`${door.issuer}/`));
const web = () => door.relyingParty('web', 'web-secret');

describe('S-086: a browser with cookies that somebody else has too', () => {
  it('signs in for itself alone: who had them before is not signed in by that', async () => {
    const config = await web();
    const attacker = door.browser();
    const attempt = await startAuthorization(config, asked);
    const waiting = await attacker.open(attempt.url);
    expect(waiting.body).toContain('name="password"');
    const victim = twinOf(attacker);
    await signInFor(config, victim, asked);
    expect(await front(victim)).toContain(jane.email);
    expect(await front(attacker)).not.toContain(jane.email);
    for (const path of ['/account', '/account/password']) {
      expect((await attacker.open(`${door.issuer}${path}`)).body, path).not.toContain(jane.email);
    }
    // Nor does the sign-in that they share the beginning of go on as the victim's.
    const resumed = await attacker.open(attempt.url);
    expect(resumed.body).toContain('name="password"');
  });

  it('goes on alone after the password, though somebody with the same cookies is there before it', async () => {
    const config = await web();
    const attacker = door.browser();
    const attempt = await startAuthorization(config, asked);
    const page = await attacker.open(attempt.url);
    const uid = page.url.split('/').at(-1);
    const victim = twinOf(attacker);
    const login = formsOf(page).find(({ action }) => action.endsWith('/login'));
    const body = new URLSearchParams({ ...login?.fields, username: jane.email, password: 'password' });
    const answer = await victim.request(login?.action ?? '', { method: 'POST', body });
    expect(answer.status).toBe(303);
    for (const cookie of [undefined, 'sallyport_signed_in=', 'sallyport_signed_in=x']) {
      const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
      const bare = await fetch(`${door.issuer}/auth/${uid}`, { headers, redirect: 'manual' });
      expect(bare.status).toBe(400);
    }
    expect(textOf(await attacker.open(`${door.issuer}/auth/${uid}`))).toContain('This sign-in is over');
    expect(await front(attacker)).not.toContain(jane.email);
    // The browser of the password is not disturbed by that.
    const consent = await victim.open(`${door.issuer}/auth/${uid}`);
    const done = await victim.submit(consent, {}, '/consent');
    expect(done.url).toMatch(/^https:\/\/app\.example\/callback\?code=/);
    expect(await front(victim)).toContain(jane.email);
    expect(await front(attacker)).not.toContain(jane.email);
  });

  it('leads nobody into a sign-in that another browser has begun', async () => {
    const config = await web();
    const page = await door.browser().open((await startAuthorization(config, asked)).url);
    expect(textOf(await door.browser().open(page.url))).toContain('This sign-in is over');
  });

  it('is somebody else’s after another person has signed in, and what was copied before is nobody’s', async () => {
    const config = await web();
    const browser = door.browser();
    await signInFor(config, browser, asked);
    const copied = twinOf(browser);
    await signInFor(config, browser, { ...asked, prompt: 'login' }, asBob);
    expect(await front(browser)).toContain(bob.email);
    expect(await front(browser)).not.toContain(jane.email);
    const seen = await front(copied);
    expect(seen).not.toContain(bob.email);
    expect(seen).not.toContain(jane.email);
  });

  it('is nobody’s when its session has ended elsewhere, and another person’s sign-in revives nothing', async () => {
    const config = await web();
    const browser = door.browser();
    await signInFor(config, browser, asked);
    const copied = twinOf(browser);
    await copied.submit(await copied.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect(await front(browser)).toContain('You are not signed in');
    await signInFor(config, browser, asked, asBob);
    expect(await front(browser)).toContain(bob.email);
    const sessions = textOf(await browser.open(`${door.issuer}/account`));
    expect(sessions).not.toContain(jane.email);
    expect(await front(copied)).toContain('You are not signed in');
  });

  it('keeps no cookie of a session after signing out', async () => {
    const config = await web();
    const browser = door.browser();
    await signInFor(config, browser, asked);
    const names = [...browser.cookies.values()]
      .map(({ name }) => name)
      .filter((name) => name.includes('session'));
    expect(names.length).toBeGreaterThan(0);
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    const left = [...browser.cookies.values()].map(({ name, value }) => [name, value]);
    expect(left.filter(([name = '', value]) => names.includes(name) && value !== '')).toEqual([]);
  });
});

describe('what an answer to another site may hold', () => {
  it('is no page of somebody who is signed in, and no token', async () => {
    const config = await web();
    const browser = door.browser();
    await signInFor(config, browser, asked);
    for (const path of [
      '/',
      '/account',
      '/account/password',
      '/logout',
      '/auth?client_id=web',
      '/sessions',
    ]) {
      for (const origin of ['https://evil.example', 'null']) {
        const { headers, body } = await browser.request(`${door.issuer}${path}`, { headers: { origin } });
        for (const name of ['origin', 'credentials']) {
          expect(headers.get(`access-control-allow-${name}`), `${path} ${name}`).toBeNull();
        }
        expect(`${body}${JSON.stringify([...headers])}`, path).not.toMatch(/eyJ[\w-]+\.eyJ[\w-]+\./);
      }
    }
  });
});
