import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore, openSqliteStore } from '../../src/store/index.ts';
import {
  bob,
  type Door,
  dump,
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
  // What is presented a second time within the interval: refresh-token-reuse.test.ts.
  door = await openDoor({ expiry: { refreshTokens: { reuseInterval: 0 } } });
});
afterAll(() => door.close());

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
const invalidGrant = { error: 'invalid_grant' };

describe('refresh tokens', () => {
  it('are replaced at each use', async () => {
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect(second.claims()).toMatchObject({ sub: jane.userID, groups: jane.groups });
  });

  it('T4: end their whole family when an old one is used again', async () => {
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(
      invalidGrant,
    );
    await expect(client.refreshTokenGrant(config, second.refresh_token ?? '')).rejects.toMatchObject(
      invalidGrant,
    );
    await expect(client.fetchUserInfo(config, second.access_token, jane.userID)).rejects.toThrow();
  });

  it('of two devices signed in from one browser session do not touch each other', async () => {
    const config = await door.relyingParty('kubectl');
    const browser = door.browser();
    const laptop = await signInFor(config, browser, offline);
    const desktop = await signInFor(config, browser, offline);
    await client.refreshTokenGrant(config, laptop.tokens.refresh_token ?? '');
    await expect(client.refreshTokenGrant(config, laptop.tokens.refresh_token ?? '')).rejects.toThrow();
    await expect(client.refreshTokenGrant(config, desktop.tokens.refresh_token ?? '')).resolves.toBeDefined();
  });

  it('S-035: of laptop A survive a sign-in on laptop B; one that is stolen and replayed ends its own family only', async () => {
    const config = await door.relyingParty('kubectl');
    const next = async (token: string | undefined) =>
      (await client.refreshTokenGrant(config, token ?? '')).refresh_token;
    const { tokens: a } = await signInFor(config, door.browser(), offline);
    const { tokens: b } = await signInFor(config, door.browser(), offline);
    let ofA = await next(a.refresh_token);
    const ofB = await next(b.refresh_token);
    const { tokens: c } = await signInFor(config, door.browser(), offline);
    ofA = await next(ofA);
    // What laptop B has used already turns up once more.
    await expect(next(b.refresh_token)).rejects.toMatchObject(invalidGrant);
    await expect(next(ofB)).rejects.toMatchObject(invalidGrant);
    await expect(client.fetchUserInfo(config, b.access_token, jane.userID)).rejects.toThrow();
    expect(door.identity.isEnded(String(b.claims()?.['sid']))).toBe(true);
    for (const { access_token } of [a, c])
      expect(await client.fetchUserInfo(config, access_token, jane.userID)).toMatchObject({
        sub: jane.userID,
      });
    await expect(Promise.all([next(ofA), next(c.refresh_token)])).resolves.toHaveLength(2);
  });

  it('are given to a web client for offline_access without prompt=consent, as Dex does', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const parameters = { redirect_uri: webRedirect, scope: 'openid offline_access groups' };
    const { tokens } = await signInFor(config, door.browser(), parameters);
    expect(tokens.scope?.split(' ').sort()).toEqual(['groups', 'offline_access', 'openid']);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.claims()).toMatchObject({ groups: jane.groups });
  });

  it('S-039: belong to their client and cannot widen their scope', async () => {
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    const other = await door.relyingParty('web', 'web-secret');
    await expect(client.refreshTokenGrant(other, tokens.refresh_token ?? '')).rejects.toMatchObject(
      invalidGrant,
    );
    await expect(
      client.refreshTokenGrant(config, tokens.refresh_token ?? '', { scope: 'openid email' }),
    ).rejects.toMatchObject({ error: 'invalid_scope' });
  });

  it('stay the same when rotation is disabled', async () => {
    const still = await openDoor({ expiry: { refreshTokens: { disableRotation: true } } });
    try {
      const config = await still.relyingParty('kubectl');
      const { tokens } = await signInFor(config, still.browser(), offline);
      const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(second.refresh_token).toBe(tokens.refresh_token);
    } finally {
      await still.close();
    }
  });

  it('S-042: can be revoked, and with them the access token', async () => {
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(
      invalidGrant,
    );
    await expect(client.fetchUserInfo(config, tokens.access_token, jane.userID)).rejects.toThrow();
  });

  it('S-042: are revoked by their own client alone, whatever kind it says that they are; what is unknown is no error', async () => {
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    const revoke = async (parameters: Record<string, string>) => {
      const body = new URLSearchParams(parameters);
      return (await fetch(`${door.issuer}/token/revoke`, { method: 'POST', body })).status;
    };
    const own = { client_id: 'kubectl' };
    const others = { client_id: 'web', client_secret: 'web-secret' };
    const { access_token: access, refresh_token: refresh = '', id_token: id = '' } = tokens;
    for (const token of [access, refresh]) expect(await revoke({ ...others, token })).toBe(200);
    for (const token of ['unknown', 'x'.repeat(43)]) expect(await revoke({ ...own, token })).toBe(200);
    // RFC 7009 §2.2.1: a kind that cannot be revoked.
    expect(await revoke({ ...own, token: id })).toBe(400);
    expect(await revoke({ token: refresh })).toBe(400);
    expect(await revoke({ ...others, client_secret: 'wrong', token: refresh })).toBe(401);
    await expect(client.fetchUserInfo(config, access, jane.userID)).resolves.toBeDefined();
    expect(door.identity.isEnded(String(tokens.claims()?.sid))).toBe(false);
    expect(await revoke({ ...own, token: refresh, token_type_hint: 'access_token' })).toBe(200);
    await expect(client.refreshTokenGrant(config, refresh)).rejects.toMatchObject(invalidGrant);
    expect(door.identity.isEnded(String(tokens.claims()?.sid))).toBe(true);
  });
});

describe('codes', () => {
  /** The token request for a fresh code. */
  async function codeFor(config: client.Configuration) {
    const attempt = await startAuthorization(config, offline);
    const page = await walk(door.browser(), attempt.url);
    return {
      grant_type: 'authorization_code',
      client_id: 'kubectl',
      code: new URL(page.url).searchParams.get('code') ?? '',
      redirect_uri: loopback,
      code_verifier: attempt.verifier,
    };
  }

  it('S-026: used twice end everything that came of them', async () => {
    const config = await door.relyingParty('kubectl');
    const { attempt, callback, tokens } = await signInFor(config, door.browser(), offline);
    await expect(redeem(config, attempt, callback)).rejects.toMatchObject(invalidGrant);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(
      invalidGrant,
    );
    await expect(client.fetchUserInfo(config, tokens.access_token, jane.userID)).rejects.toThrow();
  });

  it.each([
    [4, 200],
    [5, 400],
  ])('S-014: after %i wrong verifiers the right one gets %i', async (times, status) => {
    const config = await door.relyingParty('kubectl');
    const right = await codeFor(config);
    const guess = () => postToken(door, { ...right, code_verifier: client.randomPKCECodeVerifier() });
    const answers = await Promise.all(Array.from({ length: times }, guess));
    expect(answers.map(({ body }) => body['error'])).toEqual(Array(times).fill('invalid_grant'));
    expect((await postToken(door, right)).status).toBe(status);
  });

  it('S-013 S-014 S-029: are bound to verifier, redirect URI and client', async () => {
    const config = await door.relyingParty('kubectl');
    const right = await codeFor(config);
    const { code_verifier: _, ...withoutVerifier } = right;
    const other = await codeFor(config);
    const wrong: [Record<string, string>, string][] = [
      [withoutVerifier, 'invalid_grant'],
      [{ ...right, code_verifier: client.randomPKCECodeVerifier() }, 'invalid_grant'],
      [{ ...right, code_verifier: 'short' }, 'invalid_request'],
      [{ ...other, redirect_uri: 'http://localhost:8001/' }, 'invalid_grant'],
      [{ ...other, client_id: 'web', client_secret: 'web-secret' }, 'invalid_grant'],
      [{ ...right, client_id: 'web' }, 'invalid_client'],
      [{ ...right, client_id: 'web', client_secret: 'wrong' }, 'invalid_client'],
    ];
    for (const [parameters, error] of wrong) {
      expect((await postToken(door, parameters)).body['error'], JSON.stringify(parameters)).toBe(error);
    }
    expect((await postToken(door, right)).status).toBe(200);
    expect((await postToken(door, other)).status).toBe(200);
  });
});

describe('S-013: a code that was asked for without a challenge', () => {
  it('is not redeemed with a verifier', async () => {
    const { issuer } = door;
    const query = { client_id: 'web', response_type: 'code', redirect_uri: webRedirect, scope: 'openid' };
    const page = await walk(door.browser(), `${issuer}/auth?${new URLSearchParams(query)}`);
    const right = {
      grant_type: 'authorization_code',
      client_id: 'web',
      client_secret: 'web-secret',
      redirect_uri: webRedirect,
      code: new URL(page.url).searchParams.get('code') ?? '',
    };
    const code_verifier = client.randomPKCECodeVerifier();
    expect(await postToken(door, { ...right, code_verifier })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect((await postToken(door, right)).status).toBe(200);
  });
});

describe('accounts behind tokens', () => {
  it('S-040 S-041: groups are read anew at each refresh; a vanished account refreshes nothing', async () => {
    const store = createMemoryStore();
    const first = await openDoor({ store });
    const port = Number(new URL(first.issuer).port);
    const config = await first.relyingParty('kubectl');
    const browser = first.browser();
    const { tokens } = await signInFor(config, browser, offline);
    await first.close();

    const second = await openDoor({ store, port, passwords: [{ ...jane, groups: ['ops'] }, bob] });
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.claims()).toMatchObject({ groups: ['ops'] });
    await second.close();

    const third = await openDoor({ store, port, passwords: [bob] });
    try {
      const refused = client.refreshTokenGrant(config, refreshed.refresh_token ?? '');
      await expect(refused).rejects.toMatchObject(invalidGrant);
      expect((await browser.open(`${third.issuer}/`)).title).toContain('You are not signed in');
      const { url } = await startAuthorization(config, offline);
      expect((await browser.open(url)).title).toContain('Sign in');
    } finally {
      await third.close();
    }
  });
});

describe('a restart on SQLite', () => {
  it('S-037: keeps session, refresh token, keys and the memory of what was used', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'identity-'));
    const open = () => openSqliteStore({ file: join(directory, 'state.db') });
    const firstStore = await open();
    const first = await openDoor({ store: firstStore });
    const port = Number(new URL(first.issuer).port);
    const browser = first.browser();
    const config = await first.relyingParty('kubectl');
    const { tokens } = await signInFor(config, browser, offline);
    const replaced = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await first.close();
    await firstStore.close();

    const secondStore = await open();
    const second = await openDoor({ store: secondStore, port });
    try {
      expect(second.identity.jwks()).toEqual(first.identity.jwks());
      expect((await browser.open(`${second.issuer}/`)).body).toContain('jane@example.com');
      const again = await signInFor(config, browser, offline);
      expect(again.tokens.claims()?.sub).toBe(jane.userID);
      const next = await client.refreshTokenGrant(config, replaced.refresh_token ?? '');
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(
        invalidGrant,
      );
      await expect(client.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject(
        invalidGrant,
      );
    } finally {
      await second.close();
      await secondStore.close();
      await rm(directory, { recursive: true });
    }
  });
});

describe('S-032: the store and the log', () => {
  it('hold no code, token, session id, password or anything else that a browser or client presents', async () => {
    const fresh = await openDoor();
    try {
      const config = await fresh.relyingParty('web', 'web-secret');
      const browser = fresh.browser();
      const { callback, tokens, attempt } = await signInFor(config, browser, {
        redirect_uri: webRedirect,
        scope: 'openid offline_access',
      });
      await browser.open(
        (
          await startAuthorization(config, {
            redirect_uri: webRedirect,
            scope: 'openid',
            prompt: 'login',
            id_token_hint: tokens.id_token ?? '',
          })
        ).url,
      );
      await browser.open(`${fresh.issuer}/logout`);
      const secrets = [
        new URL(callback).searchParams.get('code') ?? '',
        tokens.access_token,
        tokens.refresh_token ?? '',
        tokens.id_token ?? '',
        attempt.verifier,
        ...[...browser.cookies.values()]
          .filter(({ name }) => !name.endsWith('.sig'))
          .map(({ value }) => value),
        ...browser.setCookies
          .map((cookie) => cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';')))
          .filter((value) => value !== ''),
        ...[...browser.cookies.values()]
          .filter(({ name }) => name === 'sallyport_page')
          .map(({ value }) => decodeURIComponent(value).slice(2).split('.')[0] ?? ''),
      ];
      expect(secrets.length).toBeGreaterThan(8);
      const places = { store: await dump(fresh.store), log: JSON.stringify(fresh.log) };
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(15);
        expect(places.store.includes(secret), `store holds ${secret}`).toBe(false);
        expect(places.log.includes(secret), `log holds ${secret}`).toBe(false);
      }
      // The audit trail names the method by this word.
      expect(places.log.replaceAll('"detail":"password"', '')).not.toContain('password"');
      expect(places.store).toContain('"codeChallenge"');
    } finally {
      await fresh.close();
    }
  });
});
