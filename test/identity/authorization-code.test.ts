import * as jose from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  postToken,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('authorization code with PKCE', () => {
  it('T1: gives a web client an ID token with the claims that its scopes ask for', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const { tokens } = await signInFor(config, door.browser(), {
      redirect_uri: webRedirect,
      scope: 'openid email profile groups',
    });
    expect(tokens.claims()).toMatchObject({
      iss: door.issuer,
      aud: 'web',
      sub: jane.userID,
      email: 'jane@example.com',
      email_verified: true,
      name: 'Jane Doe',
      preferred_username: 'jane',
      groups: ['developers', 'oncall'],
    });
    expect(tokens.refresh_token).toBeUndefined();
    const keys = jose.createLocalJWKSet({ keys: [...door.identity.jwks().keys] });
    const verified = await jose.jwtVerify(tokens.id_token ?? '', keys, {
      issuer: door.issuer,
      audience: 'web',
    });
    expect(verified.protectedHeader.alg).toBe('RS256');
  });

  it('keeps what was not asked for out of the ID token and of userinfo', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const { tokens } = await signInFor(config, door.browser(), {
      redirect_uri: webRedirect,
      scope: 'openid email',
    });
    expect(Object.keys(tokens.claims() ?? {}).sort()).toEqual(
      [
        'acr',
        'amr',
        'aud',
        'auth_time',
        'email',
        'email_verified',
        'exp',
        'iat',
        'iss',
        'nonce',
        'sid',
        'sub',
      ].sort(),
    );
    const info = await client.fetchUserInfo(config, tokens.access_token, jane.userID);
    expect(info).toEqual({ sub: jane.userID, email: 'jane@example.com', email_verified: true });
  });

  it('gives kubectl username, groups and a refresh token although it asked for openid only', async () => {
    const config = await door.relyingParty('kubectl');
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, { redirect_uri: loopback, scope: 'openid' });
    expect(tokens.claims()).toMatchObject({
      aud: 'kubectl',
      preferred_username: 'jane',
      groups: jane.groups,
    });
    expect(tokens.refresh_token).toBeTypeOf('string');
    expect(browser.seen.some(({ body }) => body.includes('/consent"'))).toBe(false);
  });

  it('lets one person sign in to two tabs of one application at once', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const parameters = { redirect_uri: webRedirect, scope: 'openid' };
    await signInFor(config, browser, parameters);
    const [first, second] = [
      await startAuthorization(config, parameters),
      await startAuthorization(config, parameters),
    ];
    const pages = [await walk(browser, first.url), await walk(browser, second.url)];
    const [one, two] = [
      await redeem(config, first, pages[0]?.url ?? ''),
      await redeem(config, second, pages[1]?.url ?? ''),
    ];
    for (const tokens of [one, two]) {
      await expect(client.fetchUserInfo(config, tokens.access_token, jane.userID)).resolves.toBeDefined();
    }
  });

  it('signs in by e-mail or username, however capitalised or padded', async () => {
    const config = await door.relyingParty('kubectl');
    for (const username of ['jane', 'JANE', '  Jane@Example.COM ']) {
      const { tokens } = await signInFor(
        config,
        door.browser(),
        { redirect_uri: loopback, scope: 'openid' },
        { username, password: 'password' },
      );
      expect(tokens.claims()?.sub).toBe(jane.userID);
    }
  });

  it('lets another person sign in when asked to, and ends the first one’s tokens of that session', async () => {
    const config = await door.relyingParty('kubectl');
    const browser = door.browser();
    const parameters = { redirect_uri: loopback, scope: 'openid' };
    const first = await signInFor(config, browser, parameters);
    const second = await signInFor(
      config,
      browser,
      { ...parameters, prompt: 'login' },
      { username: 'bob', password: 'password' },
    );
    expect(second.tokens.claims()?.sub).toBe('id-bob');
    await expect(client.refreshTokenGrant(config, first.tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.refreshTokenGrant(config, second.tokens.refresh_token ?? '')).resolves.toBeDefined();
  });

  it('takes kubelogin’s redirect URI as it is, without a slash after the port', async () => {
    const config = await door.relyingParty('kubectl');
    const redirect_uri = 'http://localhost:18000';
    const attempt = await startAuthorization(config, { redirect_uri, scope: 'openid' });
    const page = await walk(door.browser(), attempt.url);
    const code = new URL(page.url).searchParams.get('code') ?? '';
    const { status, body } = await postToken(door, {
      grant_type: 'authorization_code',
      client_id: 'kubectl',
      code,
      redirect_uri,
      code_verifier: attempt.verifier,
    });
    expect([status, Object.keys(body).sort()]).toEqual([
      200,
      ['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'],
    ]);
  });

  it('T17: works below a path', async () => {
    const below = await openDoor({ path: '/dex' });
    try {
      const config = await below.relyingParty('kubectl');
      expect(config.serverMetadata().authorization_endpoint).toBe(`${below.issuer}/auth`);
      const browser = below.browser();
      const asked = { redirect_uri: loopback, scope: 'openid' };
      const { tokens } = await signInFor(config, browser, asked);
      expect(tokens.claims()?.iss).toBe(below.issuer);
      // The signed cookies come back too: signed in, and signed out.
      expect((await browser.open(`${below.issuer}/`)).body).toContain(jane.email);
      await browser.submit(await browser.open(`${below.issuer}/logout`), { logout: 'yes' });
      expect((await browser.open(`${below.issuer}/`)).body).not.toContain(jane.email);
    } finally {
      await below.close();
    }
  });
});

describe('discovery', () => {
  it('lists Dex’s paths, code with S256 and nothing that is off', async () => {
    const response = await fetch(`${door.issuer}/.well-known/openid-configuration`);
    const document = (await response.json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      issuer: door.issuer,
      authorization_endpoint: `${door.issuer}/auth`,
      token_endpoint: `${door.issuer}/token`,
      jwks_uri: `${door.issuer}/keys`,
      userinfo_endpoint: `${door.issuer}/userinfo`,
      end_session_endpoint: `${door.issuer}/logout`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: false,
      scopes_supported: ['openid', 'email', 'profile', 'groups', 'federated:id', 'offline_access'],
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
    });
    for (const grant of ['password', 'implicit'])
      expect(document['grant_types_supported']).not.toContain(grant);
    expect(document).not.toHaveProperty('registration_endpoint');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('cache-control')).toContain('max-age');
  });

  it('T5: publishes public keys only, to be cached for ten minutes', async () => {
    const response = await fetch(`${door.issuer}/keys`);
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
    expect(response.headers.get('cache-control')).toBe('public, max-age=600, must-revalidate');
    expect(door.identity.jwks().keys).toEqual(keys);
  });
});
