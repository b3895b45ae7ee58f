import { generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  accessTokenType,
  idTokenType,
  tokenExchangeGrant,
} from '../../src/identity/token-exchange/token-types.ts';
import { type Door, jane, openDoor, postToken, signInFor, webClient, webRedirect } from './support/door.ts';
import { good, operator } from './support/local-accounts.ts';

const clients = [
  webClient,
  { id: 'gateway', secret: 'gateway-secret', grantTypes: ['refresh_token'], introspect: true },
  { id: 'other', secret: 'other-secret', redirectURIs: ['https://other.example/'] },
  { id: 'robot', secret: 'robot-secret', clientCredentialsClaims: { groups: ['deployers'] } },
];
const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', tokenExchangeGrant];

let door: Door;
let clock = Date.now();
beforeAll(async () => {
  door = await openDoor({ clients, grantTypes, signer: { algorithm: 'ES256' }, now: () => clock });
});
afterAll(() => door.close());

async function introspect(
  token: string,
  as: string | undefined,
  at = door,
): Promise<Record<string, unknown>> {
  const who = as === undefined ? { client_id: 'kubectl' } : { client_id: as, client_secret: `${as}-secret` };
  const answer = await fetch(`${at.issuer}/token/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token, ...who }),
  });
  return JSON.parse(await answer.text());
}

async function signIn(scope = 'openid groups offline_access') {
  const config = await door.relyingParty('web', 'web-secret');
  const { tokens } = await signInFor(config, door.browser(), { redirect_uri: webRedirect, scope });
  return { config, tokens };
}

/** An access token as a JWT, and an ID token. */
async function jwtsOf() {
  const { config, tokens } = await signIn();
  const exchanged = await client.genericGrantRequest(config, tokenExchangeGrant, {
    subject_token: tokens.id_token ?? '',
    subject_token_type: idTokenType,
    requested_token_type: accessTokenType,
  });
  return { access: exchanged.access_token, id: tokens.id_token ?? '' };
}

describe('a client that may introspect tokens of others', () => {
  it('is told of their access tokens, opaque ones and JWTs', async () => {
    const { tokens } = await signIn();
    expect(await introspect(tokens.access_token, 'gateway')).toMatchObject({
      active: true,
      client_id: 'web',
      sub: jane.userID,
    });
    const { access, id } = await jwtsOf();
    for (const token of [access, id])
      expect(await introspect(token, 'gateway')).toMatchObject({
        active: true,
        client_id: 'web',
        aud: 'web',
        sub: jane.userID,
        iss: door.issuer,
        groups: jane.groups,
        token_type: 'Bearer',
      });
  });

  it('is told of a client’s token for itself', async () => {
    const { body } = await postToken(door, {
      grant_type: 'client_credentials',
      client_id: 'robot',
      client_secret: 'robot-secret',
      scope: 'groups',
    });
    const token = String(body['access_token']);
    expect(await introspect(token, 'gateway')).toMatchObject({ sub: 'robot', groups: ['deployers'] });
  });

  it('knows people by the same name as from their ID tokens', async () => {
    const own = await openDoor({ clients, signer: { algorithm: 'ES256' }, subjectEncoding: 'dex' });
    onTestFinished(() => own.close());
    const config = await own.relyingParty('web', 'web-secret');
    const scope = 'openid';
    const { tokens } = await signInFor(config, own.browser(), { redirect_uri: webRedirect, scope });
    const { sub } = tokens.claims() ?? {};
    expect(sub).not.toBe(jane.userID);
    for (const token of [tokens.access_token, tokens.id_token ?? ''])
      expect(await introspect(token, 'gateway', own)).toMatchObject({ active: true, sub });
  });

  it('is not told of their refresh tokens', async () => {
    const { tokens } = await signIn();
    expect(await introspect(tokens.refresh_token ?? '', 'gateway')).toEqual({ active: false });
    expect(await introspect(tokens.refresh_token ?? '', 'web')).toMatchObject({ active: true });
  });

  it('S-043: hears that a token has ended with its session, or its time', async () => {
    const { access, id } = await jwtsOf();
    const before = clock;
    clock += 25 * 3_600_000;
    for (const token of [access, id]) expect(await introspect(token, 'gateway')).toEqual({ active: false });
    clock = before;
    expect(await introspect(id, 'gateway')).toMatchObject({ active: true });
    await door.identity.sessions.endAllOf(jane.userID);
    for (const token of [access, id]) expect(await introspect(token, 'gateway')).toEqual({ active: false });
  });

  it('S-040: hears that the account is gone, or may not sign in any more', async () => {
    const own = await openDoor({ clients, grantTypes, signer: { algorithm: 'ES256' } });
    onTestFinished(() => own.close());
    const user = { email: 'ann@example.com', name: 'Ann', password: good };
    const { id } = await own.identity.users.create(user, operator);
    const config = await own.relyingParty('web', 'web-secret');
    const asked = { redirect_uri: webRedirect, scope: 'openid offline_access' };
    const tokensOf = async (username: string, password: string) =>
      (await signInFor(config, own.browser(), asked, { username, password })).tokens;
    const [anns, janes] = [await tokensOf(user.email, good), await tokensOf('jane', 'password')];
    const active = async ({ access_token, id_token = '' }: typeof anns) =>
      Promise.all(
        [access_token, id_token].map(async (token) => (await introspect(token, 'gateway', own))['active']),
      );
    expect([await active(anns), await active(janes)]).toEqual([
      [true, true],
      [true, true],
    ]);
    await own.identity.users.disable(id, operator);
    await own.identity.reload({ clients, passwords: [], grantTypes });
    expect([await active(anns), await active(janes)]).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  it('is told nothing of what was not made here, or is no token', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ sub: jane.userID, aud: 'web' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(door.issuer)
      .setExpirationTime('1h')
      .sign(privateKey);
    const { id } = await jwtsOf();
    const [header = '', payload = ''] = id.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const token of [forged, unsigned, `${header}.${payload}.`, 'nothing'])
      expect(await introspect(token, 'gateway'), token).toEqual({ active: false });
  });
});

describe('S-043: other clients', () => {
  it('are told of JWTs that are for them, or were issued to them', async () => {
    const { access, id } = await jwtsOf();
    for (const token of [access, id]) {
      expect(await introspect(token, 'web')).toMatchObject({ active: true });
      expect(await introspect(token, 'other')).toEqual({ active: false });
      expect(await introspect(token, undefined)).toMatchObject({ error: 'invalid_client' });
    }
  });

  it('are told nothing of others’ opaque tokens', async () => {
    const { tokens } = await signIn();
    expect(await introspect(tokens.access_token, 'other')).toEqual({ active: false });
  });
});
