import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, openDoor, postToken } from '../support/door.ts';

const keys = await generateKeyPair('ES256', { extractable: true });
const strange = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
const grant_type = 'client_credentials';

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    clients: [{ id: 'robot', jwks: { keys: [jwk] }, clientCredentialsClaims: { groups: [] } }],
    grantTypes: ['authorization_code', grant_type],
  });
});
afterAll(() => door.close());

function assertion(change: JWTPayload = {}, key = keys.privateKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'robot', sub: 'robot', aud: door.issuer, jti: randomUUID(), iat: now, exp: now + 60 };
  return new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key);
}

const post = (client_assertion: string) =>
  postToken(door, {
    grant_type,
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });

describe('a client with a key pair', () => {
  it('needs no secret', async () => {
    const config = await client.discovery(
      new URL(door.issuer),
      'robot',
      undefined,
      client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }),
      { execute: [client.allowInsecureRequests] },
    );
    expect(config.serverMetadata()).toMatchObject({
      token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
      token_endpoint_auth_signing_alg_values_supported: expect.not.arrayContaining(['HS256']),
    });
    expect((await client.clientCredentialsGrant(config)).access_token).toBeTruthy();
  });

  it.each<[string, () => Promise<string>]>([
    ['S-054: for the token endpoint', () => assertion({ aud: `${door.issuer}/token` })],
    ['S-054: for more than this issuer', () => assertion({ aud: [door.issuer, 'https://evil.example'] })],
    ['S-055: of another issuer', () => assertion({ iss: 'other' })],
    ['S-055: that has expired', () => assertion({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['S-055: that lives for an hour', () => assertion({ exp: Math.floor(Date.now() / 1000) + 3600 })],
    ['S-055: signed by another key', () => assertion({}, strange.privateKey)],
  ])('an assertion %s is refused', async (_name, make) => {
    const { status, body } = await post(await make());
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });

  it('S-052: has no other way', async () => {
    const { status, body } = await postToken(door, { grant_type, client_id: 'robot', client_secret: '' });
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });
});
