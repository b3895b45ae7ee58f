import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/identity/index.ts';
import { textOf } from './support/browser-like.ts';
import {
  type Door,
  dump,
  loopback,
  openDoor,
  redeem,
  signInFor,
  startAuthorization,
  walk,
} from './support/door.ts';
import { better, cheapArgon2, good, operator } from './support/local-accounts.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ accounts: { argon2: cheapArgon2 } });
});
afterAll(() => door.close());

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
const invalidGrant = { error: 'invalid_grant' };
const wrong = 'The e-mail, username or password is not right.';

let count = 0;
let user: User;
let login: { username: string; password: string };
beforeEach(async () => {
  // Each test has a person of its own, so that none is slowed down by the attempts of another.
  const username = `ann${++count}`;
  user = await door.identity.users.create(
    { email: `${username}@example.com`, preferredUsername: username, name: 'Ann', password: good },
    operator,
  );
  login = { username, password: good };
});

async function signedIn() {
  const config = await door.relyingParty('kubectl');
  const browser = door.browser();
  const { tokens } = await signInFor(config, browser, offline, login);
  return {
    config,
    browser,
    tokens,
    refreshed: () => client.refreshTokenGrant(config, tokens.refresh_token ?? ''),
  };
}

describe('a user of the store', () => {
  it('signs in, and its tokens say who it is', async () => {
    const { tokens } = await signedIn();
    expect(tokens.claims()).toMatchObject({
      sub: user.id,
      name: 'Ann',
      preferred_username: login.username,
      email: user.email,
      email_verified: true,
      groups: [],
    });
  });

  it('has the groups of the moment at each refresh and at userinfo, those by way of others included', async () => {
    const { config, refreshed } = await signedIn();
    const [staff, developers] = [`staff${count}`, `developers${count}`];
    await door.identity.groups.create({ name: staff }, operator);
    await door.identity.groups.create({ name: developers, memberOf: [staff] }, operator);
    await door.identity.users.update(user.id, { groups: [developers] }, operator);
    const next = await refreshed();
    expect(next.claims()).toMatchObject({ groups: [developers, staff] });
    await door.identity.groups.delete(developers, operator);
    const { groups } = await client.fetchUserInfo(config, next.access_token, user.id);
    expect(groups).toEqual([]);
  });

  it.each(['disable', 'delete'] as const)(
    'that an operator %ss cannot refresh, is signed out everywhere and cannot sign in',
    async (act) => {
      const { config, browser, tokens, refreshed } = await signedIn();
      await door.identity.users[act](user.id, operator);
      await expect(refreshed()).rejects.toMatchObject(invalidGrant);
      await expect(client.fetchUserInfo(config, tokens.access_token, user.id)).rejects.toThrow();
      expect(door.identity.isEnded(String(tokens.claims()?.['sid']))).toBe(true);
      expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
      const attempt = await startAuthorization(config, offline);
      const page = await walk(door.browser(), attempt.url, login);
      expect(page.title).toMatch(/^Error: /);
      expect(textOf(page)).toContain(wrong);
    },
  );

  it('that was disabled after its code was issued gets no tokens for it', async () => {
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const page = await walk(door.browser(), attempt.url, login);
    await door.identity.users.disable(user.id, operator);
    await expect(redeem(config, attempt, page.url)).rejects.toMatchObject(invalidGrant);
  });

  it('whose password an operator sets has to sign in again', async () => {
    const { refreshed } = await signedIn();
    await door.identity.users.setPassword(user.id, better, operator);
    await expect(refreshed()).rejects.toMatchObject(invalidGrant);
    login = { ...login, password: better };
    expect((await signedIn()).tokens.refresh_token).toBeDefined();
  });

  it('leaves a line in the audit trail at each step, and never what was typed or handed out', async () => {
    const start = door.log.length;
    const { tokens, refreshed } = await signedIn();
    await refreshed();
    await door.identity.users.disable(user.id, operator);
    await expect(refreshed()).rejects.toMatchObject(invalidGrant);
    const trail = door.log.slice(start).filter(({ fields }) => 'audit' in fields);
    const event = { audit: true, client: 'kubectl', address: '127.0.0.1', request_id: expect.any(String) };
    const success = { ...event, actor: user.id, subject: user.id, result: 'success', reason: undefined };
    expect(trail.map(({ fields }) => fields)).toMatchObject([
      { ...success, action: 'sign-in' },
      { ...success, action: 'authorize' },
      { ...success, action: 'token.issue', detail: 'authorization_code' },
      { ...success, action: 'token.issue', detail: 'refresh_token' },
      { audit: true, action: 'session.end', subject: user.id, detail: 'account', client: 'kubectl' },
      { audit: true, action: 'session.end', subject: user.id, detail: 'account' },
      { audit: true, action: 'user.disable', actor: 'cli:root', subject: user.id, result: 'success' },
      {
        ...event,
        action: 'token.issue',
        result: 'failure',
        reason: 'invalid_grant',
        detail: 'refresh_token',
      },
    ]);
    const secrets = [good, tokens.access_token, tokens.refresh_token, tokens.id_token];
    for (const secret of secrets) expect(JSON.stringify(door.log)).not.toContain(secret);
    expect(await dump(door.store)).not.toContain(good);
  });
});

describe('a password that has to be changed', () => {
  const newPassword = { password: better, 'new-password': good, again: good };

  beforeEach(async () => {
    await door.identity.users.setPassword(user.id, better, operator, { mustChange: true });
    login = { ...login, password: better };
  });

  it('opens nothing but the form for a new one, which ends the sign-in', async () => {
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const browser = door.browser();
    const form = await browser.submit(await browser.open(attempt.url), login, '/login');
    expect(form.title).toContain('Choose a new password');
    expect(form.body).not.toContain(better);
    expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
    const page = await browser.submit(form, newPassword, '/login');
    expect((await redeem(config, attempt, page.url)).claims()).toMatchObject({ sub: user.id });
    expect(await door.identity.users.get(user.id)).toMatchObject({ mustChangePassword: false });
    login = { ...login, password: good };
    await signedIn();
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'too short',
      { 'new-password': 'short', again: 'short' },
      'The new password needs at least 12 characters.',
    ],
    ['known', { 'new-password': 'unbelievable', again: 'unbelievable' }, 'Attackers know this password'],
    ['the same', { 'new-password': better, again: better }, 'The new password is the current one.'],
    ['typed in two ways', { again: `${good}x` }, 'The two new passwords are not the same.'],
    ['not given', { 'new-password': '', again: '' }, 'Enter your password.'],
    ['of 1026 bytes', { 'new-password': 'é'.repeat(513) }, 'Passwords are at most 1024 bytes long.'],
  ])('is not replaced by one that is %s', async (_name, change, text) => {
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const browser = door.browser();
    const form = await browser.submit(await browser.open(attempt.url), login, '/login');
    const again = await browser.submit(form, { ...newPassword, ...change }, '/login');
    expect(again.title).toMatch(/^Error: /);
    expect(textOf(again)).toContain(text);
    expect(await door.identity.users.get(user.id)).toMatchObject({ mustChangePassword: true });
    const page = await browser.submit(again, newPassword, '/login');
    expect((await redeem(config, attempt, page.url)).claims()).toMatchObject({ sub: user.id });
  });

  it('is not replaced by somebody who does not know it', async () => {
    const config = await door.relyingParty('kubectl');
    const { url } = await startAuthorization(config, offline);
    const browser = door.browser();
    const form = await browser.submit(await browser.open(url), login, '/login');
    const page = await browser.submit(form, { ...newPassword, password: 'wrong' }, '/login');
    expect(textOf(page)).toContain(wrong);
    expect(await door.identity.users.get(user.id)).toMatchObject({ mustChangePassword: true });
  });
});

describe('S-122: the page of resets', () => {
  it('takes the code once, and the new password signs in', async () => {
    const { refreshed } = await signedIn();
    const { token } = await door.identity.users.issueReset(user.id, operator);
    const browser = door.browser();
    const form = await browser.open(`${door.issuer}/reset`);
    expect(form.headers.get('cache-control')).toContain('no-store');
    const fields = { code: ` ${token}\n`, 'new-password': better, again: better };
    const saved = await browser.submit(form, fields);
    expect([saved.url, saved.title]).toEqual([
      `${door.issuer}/reset/saved`,
      'Your password is saved – Sallyport',
    ]);
    // To load it again sends nothing, and asks who is there.
    expect((await browser.open(saved.url)).title).toBe('Sign in – Sallyport');
    await expect(refreshed()).rejects.toMatchObject(invalidGrant);
    login = { ...login, password: better };
    await signedIn();
    const second = await browser.submit(form, { ...fields, 'new-password': good, again: good });
    expect(second.title).toMatch(/^Error: /);
    expect(textOf(second)).toContain('The code is not right');
    expect(second.body).not.toContain(token);
    expect(JSON.stringify([door.log, browser.seen.map(({ url }) => url)])).not.toContain(token);
  });

  it('keeps the code when the new password is refused', async () => {
    const { token } = await door.identity.users.issueReset(user.id, operator);
    const browser = door.browser();
    const form = await browser.open(`${door.issuer}/reset`);
    const refused = await browser.submit(form, { code: token, 'new-password': 'short', again: 'short' });
    expect(textOf(refused)).toContain('at least 12 characters');
    const saved = await browser.submit(refused, { code: token, 'new-password': better, again: better });
    expect(saved.status).toBe(200);
  });

  it('takes no form of another site, and no other method', async () => {
    const { token } = await door.identity.users.issueReset(user.id, operator);
    const body = new URLSearchParams({ code: token, 'new-password': better, again: better });
    const forged = await fetch(`${door.issuer}/reset`, { method: 'POST', body });
    expect(forged.status).toBe(403);
    expect((await fetch(`${door.issuer}/reset`, { method: 'PUT', body })).status).toBe(404);
    login = { ...login, password: good };
    await signedIn();
  });

  it('slows guessing down', async () => {
    await door.identity.users.issueReset(user.id, operator);
    const browser = door.browser();
    const form = await browser.open(`${door.issuer}/reset`);
    const guess = { code: `${user.id}.${'A'.repeat(43)}`, 'new-password': better, again: better };
    for (let tries = 0; tries < 5; tries++)
      expect((await browser.submit(form, guess)).title).toMatch(/^Error: /);
    const slowed = await browser.submit(form, guess);
    expect(slowed.status).toBe(429);
    expect(slowed.headers.get('retry-after')).toBe('1');
  });
});

describe('the door', () => {
  it('does not open on a static account that a stored user could be taken for', async () => {
    const opened = openDoor({
      store: door.store,
      passwords: [{ email: user.email, hash: 'x', username: 'Ann', userID: 'static-ann' }],
    });
    await expect(opened).rejects.toMatchObject({ code: 'SP_IDENTITY_ACCOUNT_CONFLICT' });
  });

  it('tells how busy the hashing is', () => {
    expect(door.identity.passwordLoad()).toEqual({ running: 0, waiting: 0, refused: 0 });
  });
});
