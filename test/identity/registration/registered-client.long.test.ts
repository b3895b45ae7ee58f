import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { textOf } from '../support/browser-like.ts';
import {
  type Door,
  type DoorOptions,
  dump,
  jane,
  openDoor,
  postToken,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from '../support/door.ts';
import {
  app,
  grant_types,
  initialAccessToken,
  openToAll,
  registeredAt,
  registration,
  request,
} from './support.ts';

let door: Door;
beforeAll(async () => {
  door = await openToAll();
});
afterAll(() => door.close());
const registered = (more: object = {}, at = door) => registeredAt(at, more);

async function open(options: DoorOptions = {}): Promise<Door> {
  const opened = await openDoor({ registration, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

describe('a client that registers itself', () => {
  it('signs people in, who are asked first and told that nobody has checked it', async () => {
    const at = await open({ skipApprovalScreen: true });
    const config = await client.dynamicClientRegistration(new URL(at.issuer), app, undefined, {
      initialAccessToken,
      execute: [client.allowInsecureRequests],
    });
    const { client_id: id } = config.clientMetadata();
    expect(config.serverMetadata().registration_endpoint).toBe(`${at.issuer}/register`);
    const browser = at.browser();
    const attempt = await startAuthorization(config, request);
    const consent = await browser.submit(
      await browser.open(attempt.url),
      { username: 'jane', password: 'password' },
      '/login',
    );
    expect(textOf(consent)).toContain('An App');
    expect(textOf(consent)).toContain('has registered itself');
    const tokens = await redeem(config, attempt, (await walk(browser, consent.url)).url);
    expect(tokens.claims()).toMatchObject({ sub: jane.userID, aud: id, email: jane.email });
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.claims()?.aud).toBe(id);
    const [session] = (await at.identity.sessions.list(jane.userID)).filter(
      ({ kind }) => kind === 'application',
    );
    expect(session?.clients).toEqual([id]);
  });

  it('is told what was made of what it has said', async () => {
    const { body, id } = await registered({ contacts: ['a@b.example'], scope: 'openid', unknown: 1 });
    expect(body).toEqual({
      client_id: expect.stringMatching(/^registered-[0-9a-f]{32}$/),
      client_id_issued_at: expect.closeTo(Date.now() / 1000, -2),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      registration_client_uri: `${door.issuer}/register/${id}`,
      client_name: 'An App',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [webRedirect],
      post_logout_redirect_uris: [],
      grant_types,
      response_types: ['code'],
    });
  });

  it('proves who it is by its secret, in either place, and by nothing else', async () => {
    const { id, secret = '' } = await registered({ token_endpoint_auth_method: 'client_secret_post' });
    const { entries } = await door.store.list('identity/registered/');
    const stored = JSON.parse(entries.find(({ key }) => key.endsWith(id))?.value ?? '{}').value;
    const attempt = { grant_type: 'refresh_token', refresh_token: 'none', client_id: id };
    expect((await postToken(door, { ...attempt, client_secret: secret })).body['error']).toBe(
      'invalid_grant',
    );
    for (const wrong of ['', 'wrong', stored.secretHash])
      expect((await postToken(door, { ...attempt, client_secret: wrong })).body['error']).toBe(
        'invalid_client',
      );
    expect((await postToken(door, attempt)).body['error']).toBe('invalid_client');
    const header = await fetch(`${door.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'none' }),
    });
    expect(await header.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('may have no secret, and then needs PKCE', async () => {
    const { body, config, id } = await registered({ token_endpoint_auth_method: 'none' });
    expect(body).not.toHaveProperty('client_secret');
    await expect(signInFor(await config(), door.browser(), request)).resolves.toBeDefined();
    const bare = new URLSearchParams({ client_id: id, response_type: 'code', ...request });
    const refused = await door.browser().open(`${door.issuer}/auth?${bare}`);
    expect(refused.url).toContain('error=invalid_request');
  });

  it('may have keys instead, that it sends', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const { id } = await registered({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } });
    const config = await client.discovery(
      new URL(door.issuer),
      id,
      undefined,
      client.PrivateKeyJwt({ key: privateKey, kid: 'one' }),
      {
        execute: [client.allowInsecureRequests],
      },
    );
    await expect(signInFor(config, door.browser(), request)).resolves.toBeDefined();
  });

  it('S-032: leaves nothing in the store or the log that opens anything', async () => {
    const { secret = '', token, manage } = await registered();
    await manage('GET');
    const places = (await dump(door.store)) + JSON.stringify(door.log);
    expect(places).not.toContain(secret);
    expect(places).not.toContain(token);
  });

  it('works at every replica at once', async () => {
    const two = await open({ replicas: 2 });
    const { id, config } = await registered({}, two);
    await expect(signInFor(await config(), two.browser(), request)).resolves.toBeDefined();
    expect(two.identity.hasClient(id)).toBe(true);
  });
});
