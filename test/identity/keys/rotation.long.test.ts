import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishedFor, secretsRotationPeriod, skew } from '../../../src/identity/keys/key-times.ts';
import {
  credentials,
  type Door,
  type DoorOptions,
  loopback,
  openDoor,
  postToken,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from '../support/door.ts';
import { rawRequest } from '../support/raw-request.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let doors: Door[] = [];
beforeEach(() => {
  // The provider reads the clock itself; timers stay real.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
});
afterEach(async () => {
  for (const door of doors) await door.close();
  doors = [];
  vi.useRealTimers();
});

async function open(options: DoorOptions = {}): Promise<Door> {
  const door = await openDoor({ signer: { algorithm: 'ES256', keysRotationPeriod: HOUR }, ...options });
  doors.push(door);
  return door;
}

const passTime = (ms: number) => vi.setSystemTime(Date.now() + ms);
const kidOf = (token: string | undefined) => decodeProtectedHeader(token ?? '').kid;

/** A verifier that keeps the key set for as long as it is told to, and never looks again before. */
function createVerifier(door: Door, issuer: string): (token: string) => Promise<void> {
  let cached = { until: 0, keys: createLocalJWKSet({ keys: [] }) };
  return async (token) => {
    if (Date.now() >= cached.until) {
      const { headers, body } = await rawRequest(door, '/keys', { host: new URL(issuer).host });
      const maxAge = Number(/max-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1]);
      const keys = createLocalJWKSet(JSON.parse(body) as JSONWebKeySet);
      cached = { until: Date.now() + maxAge * 1000, keys };
    }
    await jwtVerify(token, cached.keys, { currentDate: new Date() });
  };
}

/** Refreshes at one of several processes, as a load balancer in front of them would have it. */
async function postFor(issuer: string, { port }: Door, refresh_token: string) {
  const { statusCode, body } = await request(`http://127.0.0.1:${port}/token`, {
    method: 'POST',
    headers: { host: new URL(issuer).host, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token,
    }).toString(),
  });
  return { status: statusCode, body: (await body.json()) as Record<string, unknown> };
}

describe('S-083: a rotation', () => {
  it('R-007: under load fails no verification by whoever honours Cache-Control, on two replicas', async () => {
    const expiry = { idTokens: 40 * MINUTE };
    const leader = await open({ expiry });
    // A second process on the store, which follows the first one.
    const replica = await open({
      expiry,
      store: leader.store,
      leader: { isLeader: () => false },
      publicIssuer: leader.issuer,
    });
    const config = await leader.relyingParty('kubectl');
    const families = await Promise.all(
      [leader, replica, leader, replica].map(async (door) => {
        const parameters = { redirect_uri: loopback, scope: 'openid offline_access' };
        const { tokens } = await signInFor(config, leader.browser(), parameters);
        return { door, refreshToken: tokens.refresh_token ?? '' };
      }),
    );
    const issued: { readonly token: string; readonly until: number }[] = [];
    const issue = async (family: (typeof families)[number]) => {
      const { status, body } = await postFor(leader.issuer, family.door, family.refreshToken);
      expect(status).toBe(200);
      family.refreshToken = String(body['refresh_token']);
      issued.push({ token: String(body['id_token']), until: Date.now() + expiry.idTokens });
    };
    const verifiers = [leader, replica, leader, replica].map((door) => createVerifier(door, leader.issuer));
    for (let step = 0; step < 110; step++) {
      passTime(2 * MINUTE);
      // Both issue while the keys change.
      await Promise.all([leader.identity.keys.look(), ...families.map(issue)]);
      const alive = issued.filter(({ until }) => until > Date.now());
      const asked = [alive.at(0), ...alive.slice(-families.length)].flatMap((one) => one?.token ?? []);
      // Each verifier comes at its own times, so that their caches are of every age.
      const verify = verifiers[step % verifiers.length];
      const another = verifiers[step % 3 === 0 ? 1 : 0];
      await Promise.all(asked.flatMap((token) => [verify?.(token), another?.(token)]));
    }
    expect(new Set(issued.map(({ token }) => kidOf(token))).size).toBeGreaterThanOrEqual(4);
    expect(replica.identity.jwks()).toEqual(leader.identity.jwks());
  });

  it('lets a sign-in that has begun go on, over new secrets of cookies and forms', async () => {
    const door = await open();
    const config = await door.relyingParty('web', 'web-secret');
    passTime(secretsRotationPeriod);
    await door.identity.keys.look();
    const browser = door.browser();
    const attempt = await startAuthorization(config, { redirect_uri: webRedirect, scope: 'openid' });
    const page = await browser.open(attempt.url);
    const before = await door.store.get('identity/keys/cookies');
    passTime(skew);
    await door.identity.keys.look();
    expect((await door.store.get('identity/keys/cookies'))?.modRevision).not.toBe(before?.modRevision);
    const consent = await browser.submit(page, credentials, '/login');
    const end = await browser.submit(consent, {}, '/consent');
    expect(end.url.startsWith(webRedirect)).toBe(true);
    expect(new URL(end.url).searchParams.get('code')).not.toBeNull();
  });

  it('tells the age that the key set may have, and no other', async () => {
    const door = await open();
    const { headers } = await fetch(`${door.issuer}/keys`);
    expect(headers.get('cache-control')).toBe('public, max-age=600, must-revalidate');
    expect(publishedFor).toBeGreaterThanOrEqual(600_000);
  });

  it('gives whoever asks in this process another object when the keys have changed', async () => {
    const door = await open();
    const before = door.identity.jwks();
    expect(door.identity.jwks()).toBe(before);
    passTime(HOUR);
    await door.identity.keys.look();
    expect(door.identity.jwks().keys).toHaveLength(2);
  });
});

describe('another algorithm', () => {
  it.each(['ES256', 'EdDSA'] as const)(
    '%s: signs when everybody can know its key; old hints stay good',
    async (algorithm) => {
      const before = await open({ signer: { algorithm: 'RS256' } });
      const parameters = { redirect_uri: webRedirect, scope: 'openid' };
      const browser = before.browser();
      const old = await signInFor(await before.relyingParty('web', 'web-secret'), browser, parameters);
      expect(decodeProtectedHeader(old.tokens.id_token ?? '').alg).toBe('RS256');
      await before.close();
      doors = [];

      const door = await open({ signer: { algorithm }, store: before.store, port: before.port });
      await door.identity.keys.look();
      const discovery = await fetch(`${door.issuer}/.well-known/openid-configuration`);
      expect(await discovery.json()).toMatchObject({
        id_token_signing_alg_values_supported: ['RS256', algorithm],
      });
      const config = await door.relyingParty('web', 'web-secret');
      const during = await signInFor(config, browser, parameters);
      expect(kidOf(during.tokens.id_token)).toBe(kidOf(old.tokens.id_token));

      passTime(publishedFor);
      await door.identity.keys.look();
      const after = await signInFor(config, browser, parameters);
      expect(decodeProtectedHeader(after.tokens.id_token ?? '').alg).toBe(algorithm);
      await jwtVerify(
        after.tokens.id_token ?? '',
        createLocalJWKSet({ keys: [...door.identity.jwks().keys] }),
        {
          currentDate: new Date(),
        },
      );
      for (const hint of [old, during, after]) {
        const { url } = await startAuthorization(config, {
          ...parameters,
          prompt: 'none',
          id_token_hint: hint.tokens.id_token ?? '',
        });
        const end = new URL((await browser.open(url)).url);
        expect(end.searchParams.get('error')).toBeNull();
        expect(end.searchParams.get('code')).not.toBeNull();
      }
    },
  );
});

describe('S-281: an emergency', () => {
  const parameters = { redirect_uri: loopback, scope: 'openid offline_access' };

  it('leaves sessions and grants when nothing is revoked', async () => {
    const door = await open();
    const { tokens } = await signInFor(await door.relyingParty('kubectl'), door.browser(), parameters);
    const kid = await door.identity.keys.rotate();
    const { status, body } = await postToken(door, {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: tokens.refresh_token ?? '',
    });
    expect([status, kidOf(String(body['id_token']))]).toEqual([200, kid]);
    expect(door.identity.jwks().keys.map((key) => key.kid)).toEqual([kid, kidOf(tokens.id_token)]);
  });

  it('with revoke ends a code that was not redeemed yet', async () => {
    const door = await open();
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, parameters);
    const page = await walk(door.browser(), attempt.url);
    expect(new URL(page.url).searchParams.get('code')).not.toBeNull();
    await door.identity.keys.rotate({ revoke: true });
    await expect(redeem(config, attempt, page.url)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('with revoke ends every token, grant and session at once', async () => {
    const door = await open();
    const config = await door.relyingParty('kubectl');
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, parameters);
    const kid = await door.identity.keys.rotate({ revoke: true });
    expect(door.identity.jwks().keys.map((key) => key.kid)).toEqual([kid]);
    const refused = await postToken(door, {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: tokens.refresh_token ?? '',
    });
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant']);
    const userinfo = await fetch(`${door.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userinfo.status).toBe(401);
    const again = await browser.open((await startAuthorization(config, parameters)).url);
    expect(again.body).toContain('name="password"');
  });
});
