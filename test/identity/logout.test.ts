import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from './support/browser-like.ts';
import { type Door, loopback, openDoor, signInFor, webRedirect } from './support/door.ts';

const bye = 'https://app.example/bye';
let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

async function signedIn(scope = 'openid') {
  const config = await door.relyingParty('web', 'web-secret');
  const browser = door.browser();
  const { tokens } = await signInFor(config, browser, { redirect_uri: webRedirect, scope });
  return { config, browser, tokens };
}

function logoutUrl(config: client.Configuration, parameters: Record<string, string>): string {
  return client.buildEndSessionUrl(config, parameters).href;
}

describe('signing out', () => {
  it('S-092: asks first; then the session, its cookie and its access tokens are dead', async () => {
    const { config, browser, tokens } = await signedIn();
    const cookie = [...browser.cookies.values()].find(({ name }) => name === 'sallyport_session');
    const signature = [...browser.cookies.values()].find(({ name }) => name === 'sallyport_session.sig');
    const asked = await browser.open(`${door.issuer}/logout`);
    expect(asked.title).toBe('Sign out – Sallyport');
    expect(textOf(asked)).toContain('You are signed in as Jane Doe');
    expect((await browser.open(`${door.issuer}/`)).body).toContain('jane@example.com');
    const done = await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect(done.title).toBe('You are signed out – Sallyport');
    expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
    await expect(client.fetchUserInfo(config, tokens.access_token, 'id-jane')).rejects.toThrow();
    const replayed = await fetch(`${door.issuer}/`, {
      headers: { cookie: `sallyport_session=${cookie?.value}; sallyport_session.sig=${signature?.value}` },
    });
    expect(await replayed.text()).not.toContain('jane@example.com');
  });

  it('leads back to the application by a page of ours, with its state, once', async () => {
    const { config, browser, tokens } = await signedIn();
    const url = logoutUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: bye,
      state: 'back',
    });
    const done = await browser.submit(await browser.open(url), { logout: 'yes' });
    expect(done.url).toBe(`${bye}?state=back`);
    const posts = browser.seen.filter(({ url: at }) => at.endsWith('/logout/confirm'));
    expect(posts.map(({ headers }) => headers.get('location'))).toEqual(['/logout/continue']);
    expect((await browser.open(`${door.issuer}/logout/continue`)).title).toContain('You are signed out');
  });

  it('S-049: leaves an offline refresh token alone, which ends by itself or by revocation', async () => {
    const config = await door.relyingParty('kubectl');
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, {
      redirect_uri: loopback,
      scope: 'openid offline_access',
    });
    const bound = await signInFor(await door.relyingParty('web', 'web-secret'), browser, {
      redirect_uri: webRedirect,
      scope: 'openid',
    });
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).resolves.toBeDefined();
    await expect(client.fetchUserInfo(config, bound.tokens.access_token, 'id-jane')).rejects.toThrow();
  });

  it('can be declined', async () => {
    const { browser } = await signedIn();
    await browser.submit(await browser.open(`${door.issuer}/logout`));
    expect((await browser.open(`${door.issuer}/`)).body).toContain('jane@example.com');
  });

  it('needs no click from somebody who is not signed in', async () => {
    const { config, tokens } = await signedIn();
    const stranger = door.browser();
    const url = logoutUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: bye,
      state: 's',
    });
    expect((await stranger.open(url)).url).toBe(`${bye}?state=s`);
    expect((await stranger.open(`${door.issuer}/logout`)).title).toContain('You are signed out');
  });

  it.each<[string, (idToken: string) => Record<string, string>]>([
    [
      'an address that is not registered',
      (id_token_hint) => ({ id_token_hint, post_logout_redirect_uri: 'https://evil.example/' }),
    ],
    [
      'a registered one with a query added',
      (id_token_hint) => ({ id_token_hint, post_logout_redirect_uri: `${bye}?x=1` }),
    ],
    [
      'a modified hint',
      (idToken) => ({ id_token_hint: `${idToken.slice(0, -8)}AAAAAAAA`, post_logout_redirect_uri: bye }),
    ],
    [
      'a hint without signature',
      (idToken) => ({
        id_token_hint: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${idToken.split('.')[1]}.`,
        post_logout_redirect_uri: bye,
      }),
    ],
    ['a hint that is none', () => ({ id_token_hint: 'x', post_logout_redirect_uri: bye })],
  ])('S-091: goes nowhere with %s', async (_name, parameters) => {
    const { config, browser, tokens } = await signedIn();
    const page = await browser.open(logoutUrl(config, parameters(tokens.id_token ?? '')));
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
    expect((await browser.open(`${door.issuer}/`)).body).toContain('jane@example.com');
  });

  it.each<[string, (xsrf: string) => RequestInit]>([
    ['without its secret', () => ({ body: new URLSearchParams({ logout: 'yes' }) })],
    ['with a wrong secret', () => ({ body: new URLSearchParams({ logout: 'yes', xsrf: 'x' }) })],
    [
      'from another site',
      (xsrf) => ({
        headers: { 'sec-fetch-site': 'cross-site' },
        body: new URLSearchParams({ logout: 'yes', xsrf }),
      }),
    ],
  ])('does not happen %s', async (_name, init) => {
    const { browser } = await signedIn();
    const page = await browser.open(`${door.issuer}/logout`);
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const answer = await browser.request(`${door.issuer}/logout/confirm`, { method: 'POST', ...init(xsrf) });
    // Refused, or asked again.
    const asked = answer.headers.get('location');
    expect([303, 400, 403]).toContain(answer.status);
    expect([null, `${door.issuer}/logout`]).toContain(asked);
    expect((await browser.open(`${door.issuer}/`)).body).toContain('jane@example.com');
  });
});

describe('the session that an ID token names', () => {
  const sid = (tokens: client.TokenEndpointResponseHelpers) => String(tokens.claims()?.['sid']);

  it('is over with the sign-out, not before', async () => {
    const { browser, tokens } = await signedIn();
    const other = await signedIn();
    expect(sid(tokens)).toMatch(/^[\w-]{43}$/);
    expect(sid(other.tokens)).not.toBe(sid(tokens));
    expect(door.identity.isEnded(sid(tokens))).toBe(false);
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect(door.identity.isEnded(sid(tokens))).toBe(true);
    expect(door.identity.isEnded(sid(other.tokens))).toBe(false);
  });

  it('is the same for a refreshed token, over when the refresh token is revoked or used twice, and stays so', async () => {
    const config = await door.relyingParty('kubectl');
    const start = () =>
      signInFor(config, door.browser(), { redirect_uri: loopback, scope: 'openid offline_access' });
    const revoked = (await start()).tokens;
    const refreshed = await client.refreshTokenGrant(config, revoked.refresh_token ?? '');
    expect(sid(refreshed)).toBe(sid(revoked));
    await client.tokenRevocation(config, refreshed.refresh_token ?? '');
    expect(door.identity.isEnded(sid(revoked))).toBe(true);

    const stolen = (await start()).tokens;
    const next = await client.refreshTokenGrant(config, stolen.refresh_token ?? '');
    await client.refreshTokenGrant(config, next.refresh_token ?? '');
    expect(door.identity.isEnded(sid(stolen))).toBe(false);
    await expect(client.refreshTokenGrant(config, stolen.refresh_token ?? '')).rejects.toThrow();
    expect(door.identity.isEnded(sid(stolen))).toBe(true);
  });

  it('cannot be read back into anything that can be redeemed', async () => {
    const { tokens } = await signedIn();
    const { entries } = await door.store.list('identity/');
    const grants = entries.filter(({ key }) => key.includes('/Grant/'));
    expect(grants.length).toBeGreaterThan(0);
    await expect(
      client.refreshTokenGrant(await door.relyingParty('web', 'web-secret'), sid(tokens)),
    ).rejects.toThrow();
  });
});
