import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/index.ts';
import { textOf } from '../support/browser-like.ts';
import { bob, type Door, jane, loopback, openDoor, signInFor, webRedirect } from '../support/door.ts';

const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0' };
const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
const asBob = { username: bob.email, password: 'password' };
let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const list = (account = jane) => door.identity.sessions.list(account.userID);
const home = async (browser: ReturnType<Door['browser']>) => textOf(await browser.open(`${door.issuer}/`));

/** A laptop: a browser and kubectl's refresh token. */
async function laptop(fields?: { username: string; password: string }) {
  const config = await door.relyingParty('kubectl');
  const browser = door.browser(firefox);
  const { tokens } = await signInFor(config, browser, offline, fields);
  return { config, browser, tokens, sid: String(tokens.claims()?.['sid']) };
}

async function refreshes(config: client.Configuration, token: string | undefined): Promise<boolean> {
  const answer = client.refreshTokenGrant(config, token ?? '');
  return answer.then(
    () => true,
    () => false,
  );
}

describe('S-106: the sessions of an account', () => {
  it('are its browsers and the applications that go on without them', async () => {
    await door.identity.sessions.endAll();
    const { browser, sid } = await laptop();
    const web = { redirect_uri: webRedirect, scope: 'openid' };
    await signInFor(await door.relyingParty('web', 'web-secret'), browser, web);
    const found = await list();
    const common = { accountId: jane.userID, address: '127.0.0.1', signedInWith: 'Firefox on Linux' };
    expect(found).toHaveLength(2);
    expect(found.find(({ kind }) => kind === 'application')).toMatchObject({
      ...common,
      id: sid,
      clients: ['kubectl'],
      scopes: ['openid', 'offline_access'],
    });
    expect(found.find(({ kind }) => kind === 'browser')).toMatchObject({ ...common, clients: ['web'] });
    for (const { createdAt, lastUsedAt, expiresAt } of found) {
      expect(createdAt).toBeLessThanOrEqual(lastUsedAt);
      expect(expiresAt).toBeGreaterThan(Date.now() + 30 * 60_000);
    }
    expect(await list(bob)).toEqual([]);
  });

  it('survive one another: ending one laptop leaves the other', async () => {
    const a = await laptop();
    const b = await laptop();
    expect(await door.identity.sessions.end(a.sid)).toBe(true);
    expect(door.identity.isEnded(a.sid)).toBe(true);
    expect(await refreshes(a.config, a.tokens.refresh_token)).toBe(false);
    await expect(client.fetchUserInfo(a.config, a.tokens.access_token, jane.userID)).rejects.toThrow();
    expect(await home(a.browser)).toContain('jane@example.com');
    expect(await refreshes(b.config, b.tokens.refresh_token)).toBe(true);
    expect((await list()).map(({ id }) => id)).not.toContain(a.sid);
    expect(await door.identity.sessions.end(a.sid)).toBe(false);
  });

  it('of a browser take along what is bound to it, and nothing that outlives it', async () => {
    await door.identity.sessions.endAll();
    const { browser, config, tokens } = await laptop();
    const web = await door.relyingParty('web', 'web-secret');
    const bound = await signInFor(web, browser, { redirect_uri: webRedirect, scope: 'openid' });
    const [session] = (await list()).filter(({ kind }) => kind === 'browser');
    expect(await door.identity.sessions.end(session?.id ?? '')).toBe(true);
    expect(await home(browser)).toContain('You are not signed in');
    expect(door.identity.isEnded(String(bound.tokens.claims()?.['sid']))).toBe(true);
    await expect(client.fetchUserInfo(web, bound.tokens.access_token, jane.userID)).rejects.toThrow();
    expect(await refreshes(config, tokens.refresh_token)).toBe(true);
    expect((await list()).map(({ kind }) => kind)).toEqual(['application']);
  });

  it('end all at once, of one account or of everybody', async () => {
    await door.identity.sessions.endAll();
    const janes = [await laptop(), await laptop()];
    const bobs = await laptop(asBob);
    expect(await door.identity.sessions.endAllOf(jane.userID)).toBe(4);
    for (const { browser, config, tokens } of janes) {
      expect(await home(browser)).toContain('You are not signed in');
      expect(await refreshes(config, tokens.refresh_token)).toBe(false);
    }
    expect(await list()).toEqual([]);
    expect(await home(bobs.browser)).toContain(bob.email);
    expect(await door.identity.sessions.endAll()).toBe(2);
    expect(await home(bobs.browser)).toContain('You are not signed in');
    expect(await door.identity.sessions.endAll()).toBe(0);
  });

  it('of the account before end when somebody else signs in with the same browser', async () => {
    await door.identity.sessions.endAll();
    const { browser, tokens, config } = await laptop();
    const web = await door.relyingParty('web', 'web-secret');
    const parameters = { redirect_uri: webRedirect, scope: 'openid' };
    const before = await signInFor(web, browser, parameters);
    await signInFor(web, browser, { ...parameters, prompt: 'login' }, asBob);
    expect((await list()).map(({ kind }) => kind)).toEqual(['application']);
    expect(door.identity.isEnded(String(before.tokens.claims()?.['sid']))).toBe(true);
    expect(await refreshes(config, tokens.refresh_token)).toBe(true);
    expect((await list(bob)).map(({ kind, clients }) => [kind, clients])).toEqual([['browser', ['web']]]);
    expect(await home(browser)).toContain(bob.email);
  });

  it('are remembered as ended for no longer than anything of theirs could live', async () => {
    const until = async (sid: string) => {
      const entry = await door.store.get(`identity/revoked/record/${sid}`);
      return (JSON.parse(entry?.value ?? '{}').expiresAt - Date.now()) / 86_400_000;
    };
    const { browser, sid } = await laptop();
    const web = await door.relyingParty('web', 'web-secret');
    const bound = await signInFor(web, browser, { redirect_uri: webRedirect, scope: 'openid' });
    await door.identity.sessions.endAllOf(jane.userID);
    expect(Math.round(await until(sid))).toBe(91);
    expect(Math.round(await until(String(bound.tokens.claims()?.['sid'])))).toBe(2);
  });

  it('are remembered as ended for as long as what was issued before a restart with shorter lifetimes', async () => {
    const day = 86_400_000;
    const store = createMemoryStore();
    const before = await openDoor({ store, expiry: { idTokens: 7 * day } });
    const web = await before.relyingParty('web', 'web-secret');
    const parameters = { redirect_uri: webRedirect, scope: 'openid' };
    const { tokens } = await signInFor(web, before.browser(), parameters);
    const sid = String(tokens.claims()?.['sid']);
    const exp = Number(tokens.claims()?.exp);
    await before.close();
    const after = await openDoor({ store, port: before.port, expiry: { idTokens: day / 24 } });
    try {
      await after.identity.sessions.endAllOf(jane.userID);
      const entry = await store.get(`identity/revoked/record/${sid}`);
      expect(JSON.parse(entry?.value ?? '{}').expiresAt).toBeGreaterThan(exp * 1000);
    } finally {
      await after.close();
    }
  });

  it('are gone from the list after sign-out and revocation', async () => {
    await door.identity.sessions.endAll();
    const { browser, config, tokens } = await laptop();
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect((await list()).map(({ kind }) => kind)).toEqual(['application']);
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    expect(await list()).toEqual([]);
  });
});

describe('S-089: an ended session', () => {
  it('is dead on every process, also when a request saves it once more', async () => {
    const store = createMemoryStore();
    const one = await openDoor({ store });
    const other = await openDoor({ store, publicIssuer: one.issuer });
    try {
      const config = await one.relyingParty('kubectl');
      const browser = one.browser();
      await signInFor(config, browser, offline);
      const [entry] = (await store.list('identity/oidc/record/Session/')).entries;
      const [session] = (await other.identity.sessions.list(jane.userID)).filter(
        ({ kind }) => kind === 'browser',
      );
      await other.identity.sessions.end(session?.id ?? '');
      await store.txn([], [{ type: 'put', key: entry?.key ?? '', value: entry?.value ?? '' }]);
      expect(textOf(await browser.open(`${one.issuer}/`))).toContain('You are not signed in');
    } finally {
      await one.close();
      await other.close();
    }
  });
});
