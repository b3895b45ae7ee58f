import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { expect, it, onTestFinished } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { approve, askForCode, poll } from '../identity/device/support.ts';
import { textOf } from '../identity/support/browser-like.ts';
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
} from '../identity/support/door.ts';

/** One store, as two processes see it. */
export interface SharedStore {
  readonly stores: readonly Store[];
  dispose(): Promise<void>;
}

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
const fifty = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, ask));

/**
 * What two replicas of door 1 keep to on every store: of 50 that present a thing that counts once, all at once, one gets
 * something for it; and what the others' race means is what the standard says. Each request goes to the other replica than
 * the one before it.
 * @param open gives an empty store each time
 */
export function describeSingleUse(name: string, open: () => Promise<SharedStore>): void {
  async function openTwo(options: DoorOptions = {}): Promise<Door> {
    const { stores, dispose } = await open();
    const door = await openDoor({ stores, signer: { algorithm: 'ES256' }, ...options });
    onTestFinished(async () => {
      await door.close();
      await dispose();
    });
    return door;
  }

  it(`S-027 S-028 T3: let one of 50 redeem a code, and what it got is dead (${name})`, async () => {
    const door = await openTwo();
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const page = await walk(door.browser(), attempt.url);
    const results = await fifty(() =>
      redeem(config, attempt, page.url).catch(({ error }: client.ResponseBodyError) => error),
    );
    const [tokens, ...others] = results.filter((result) => typeof result !== 'string');
    expect(others).toEqual([]);
    expect(new Set(results)).toEqual(new Set([tokens, 'invalid_grant']));
    await expect(client.refreshTokenGrant(config, tokens?.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.fetchUserInfo(config, tokens?.access_token ?? '', jane.userID)).rejects.toThrow();
  });

  it.each([
    ['all get the one successor, which lives', {}, 50, 200],
    ['without an interval one gets a successor, which is dead', { reuseInterval: 0 }, 1, 400],
  ])(`S-034: of 50 that redeem a refresh token, %s (${name})`, async (_what, refreshTokens, won, then) => {
    const door = await openTwo({ expiry: { refreshTokens } });
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    const refresh = (token: unknown) =>
      postToken(door, {
        grant_type: 'refresh_token',
        client_id: 'kubectl',
        refresh_token: String(token),
      });
    const answers = await fifty(() => refresh(tokens.refresh_token));
    const successors = answers.flatMap(({ body }) => body['refresh_token'] ?? []);
    expect(successors).toHaveLength(won);
    expect(new Set(successors).size).toBe(1);
    expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(50 - won);
    expect((await refresh(successors[0])).status).toBe(then);
  });

  it(`S-053: take a client’s assertion once of 50 times (${name})`, async () => {
    const grant_type = 'client_credentials';
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    const door = await openTwo({
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
    const answers = await fifty(() => postToken(door, asked));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)]);
    const refused = new Set(answers.filter(({ status }) => status === 401).map(({ body }) => body['error']));
    expect(refused).toEqual(new Set(['invalid_client']));
  });

  it(`S-154: let one of 50 redeem a device code; where another got as far, what it got is dead (${name})`, async () => {
    const door = await openTwo();
    const { body: device } = await askForCode(door, { scope: 'openid offline_access' });
    await approve(door.browser(), device);
    const answers = await fifty(() => poll(door, device.device_code));
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
  });

  it(`S-056: let one of 50 begin a sign-in with a pushed request (${name})`, async () => {
    const door = await openTwo();
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid' });
    const pushed = await client.buildAuthorizationUrlWithPAR(config, {
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      redirect_uri: webRedirect,
      scope: 'openid',
    });
    const answers = await fifty(() => browser.request(pushed.href));
    const codes = answers.filter(({ headers }) => headers.get('location')?.includes('code='));
    expect(codes).toHaveLength(1);
    const again = await browser.request(pushed.href);
    expect(again.headers.get('location') ?? textOf(again)).toContain('invalid_request_uri');
  });
}
