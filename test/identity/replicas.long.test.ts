import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore, openSqliteStore, type Store } from '../../src/store/index.ts';
import { approve, askForCode, poll } from './device/support.ts';
import { formsOf, textOf } from './support/browser-like.ts';
import {
  type Door,
  type DoorOptions,
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
import { createInterleavedStore } from './support/interleaved-store.ts';

/** Two providers on one store; each request goes to the other one than the request before it. */
async function openTwo(options: DoorOptions = {}): Promise<Door> {
  const door = await openDoor({ replicas: 2, ...options });
  onTestFinished(() => door.close());
  return door;
}

async function openFileStore(): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'identity-'));
  const store = await openSqliteStore({ file: join(directory, 'state.db') });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  return store;
}

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
const interleaved = async () => createInterleavedStore(createMemoryStore());
const stores = { interleaved, sqlite: openFileStore };

describe('two replicas on one store', () => {
  it.each(Object.entries(stores))(
    'S-027 S-028 T3: let one of 50 redeem a code, and what it got is dead (%s)',
    async (_name, open) => {
      const door = await openTwo({ store: await open() });
      const config = await door.relyingParty('kubectl');
      const attempt = await startAuthorization(config, offline);
      const page = await walk(door.browser(), attempt.url);
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () => redeem(config, attempt, page.url)),
      );
      const won = results.filter((result) => result.status === 'fulfilled');
      const lost = results.filter((result) => result.status === 'rejected');
      expect(won).toHaveLength(1);
      expect(new Set(lost.map(({ reason }) => reason.error))).toEqual(new Set(['invalid_grant']));
      const tokens = won[0]?.value;
      await expect(client.refreshTokenGrant(config, tokens?.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(client.fetchUserInfo(config, tokens?.access_token ?? '', jane.userID)).rejects.toThrow();
    },
  );

  it.each(Object.entries(stores))(
    'S-053: take a client’s assertion once of 50 times (%s)',
    async (_name, open) => {
      const grant_type = 'client_credentials';
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
      const door = await openTwo({
        store: await open(),
        clients: [{ id: 'robot', jwks: { keys: [jwk] }, clientCredentialsClaims: { groups: [] } }],
        grantTypes: ['authorization_code', grant_type],
      });
      const client_assertion = await new SignJWT({ jti: 'one' })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer('robot')
        .setSubject('robot')
        .setAudience(door.issuer)
        .setIssuedAt()
        .setExpirationTime('60s')
        .sign(privateKey);
      const asked = {
        grant_type,
        client_assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      };
      const answers = await Promise.all(Array.from({ length: 50 }, () => postToken(door, asked)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)]);
      const refused = new Set(
        answers.filter(({ status }) => status === 401).map(({ body }) => body['error']),
      );
      expect(refused).toEqual(new Set(['invalid_client']));
    },
  );

  it.each(Object.entries(stores))(
    'S-154: let one of 50 redeem a device code; where another got as far, what it got is dead (%s)',
    async (_name, open) => {
      const door = await openTwo({ store: await open() });
      const { body: device } = await askForCode(door, { scope: 'openid offline_access' });
      await approve(door.browser(), device);
      const answers = await Promise.all(Array.from({ length: 50 }, () => poll(door, device.device_code)));
      const [won, ...others] = answers.filter(({ status }) => status === 200);
      expect([won === undefined, others]).toEqual([false, []]);
      const errors = new Set(answers.flatMap(({ body }) => body['error'] ?? []));
      expect([...errors].filter((error) => error !== 'slow_down' && error !== 'invalid_grant')).toEqual([]);
      const config = await door.relyingParty('kubectl');
      const [refreshed] = await Promise.allSettled([
        client.refreshTokenGrant(config, String(won?.body['refresh_token'])),
      ]);
      expect(refreshed.status).toBe(errors.has('invalid_grant') ? 'rejected' : 'fulfilled');
      expect((await poll(door, device.device_code)).status).toBe(400);
    },
  );

  it.each(Object.entries(stores))(
    'S-056: let one of 50 begin a sign-in with a pushed request (%s)',
    async (_name, open) => {
      const door = await openTwo({ store: await open() });
      const config = await door.relyingParty('web', 'web-secret');
      const browser = door.browser();
      await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid' });
      const pushed = await client.buildAuthorizationUrlWithPAR(config, {
        code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
        redirect_uri: webRedirect,
        scope: 'openid',
      });
      const answers = await Promise.all(Array.from({ length: 50 }, () => browser.request(pushed.href)));
      const codes = answers.filter(({ headers }) => headers.get('location')?.includes('code='));
      expect(codes).toHaveLength(1);
      const again = await browser.request(pushed.href);
      expect(again.headers.get('location') ?? textOf(again)).toContain('invalid_request_uri');
    },
  );

  it('R-010: go on with a sign-in once, however often its end is opened at once', async () => {
    const door = await openTwo();
    const browser = door.browser();
    const { url } = await startAuthorization(await door.relyingParty('kubectl'), offline);
    const login = formsOf(await browser.open(url)).find(({ action }) => action.endsWith('/login'));
    const body = new URLSearchParams({ ...login?.fields, username: 'jane', password: 'password' });
    const sent = await browser.request(login?.action ?? '', { method: 'POST', body });
    expect(sent.headers.get('location')).toMatch(/\/continue$/);
    const uid = /interaction\/([\w-]+)\//.exec(login?.action ?? '')?.[1];
    const ends = await Promise.all(
      Array.from({ length: 20 }, () => browser.request(`${door.issuer}/auth/${uid}`)),
    );
    const codes = ends.filter(({ headers }) => headers.get('location')?.includes('code='));
    expect(codes).toHaveLength(1);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([303, 400]));
  });

  it('S-014: count wrong verifiers together', async () => {
    const door = await openTwo();
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const page = await walk(door.browser(), attempt.url);
    const wrong = { ...attempt, verifier: client.randomPKCECodeVerifier() };
    const guesses = await Promise.allSettled(
      Array.from({ length: 5 }, () => redeem(config, wrong, page.url)),
    );
    expect(guesses.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    await expect(redeem(config, attempt, page.url)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('S-089: both know of a sign-out, whatever cookie is shown to them', async () => {
    const door = await openTwo();
    const browser = door.browser();
    const config = await door.relyingParty('web', 'web-secret');
    await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid' });
    const cookie = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const home = async () => (await fetch(`${door.issuer}/`, { headers: { cookie } })).text();
    expect(await home()).toContain(jane.email);
    expect(await home()).toContain(jane.email);
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect(await home()).not.toContain(jane.email);
    expect(await home()).not.toContain(jane.email);
  });

  it('S-110 S-111: count wrong passwords together, also those that come at once', async () => {
    const door = await openTwo();
    const config = await door.relyingParty('kubectl');
    const attempts = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const browser = door.browser();
        const page = await browser.open((await startAuthorization(config, offline)).url);
        return () => browser.submit(page, { username: 'jane', password: 'wrong' }, '/login');
      }),
    );
    const statuses = (await Promise.all(attempts.map((send) => send()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([400, 429]));
  });
});
