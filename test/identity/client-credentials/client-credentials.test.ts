import { createLocalJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Door, jane, openDoor, postToken, webClient } from '../support/door.ts';

const grant_type = 'client_credentials';
const grantTypes = ['authorization_code', 'refresh_token', grant_type];
const ci = {
  id: 'ci',
  secret: 'ci-secret',
  name: 'The CI',
  clientCredentialsClaims: { groups: ['deployers'] },
};
const asCi = { client_id: 'ci', client_secret: 'ci-secret' };

let door: Door;
beforeAll(async () => {
  door = await openDoor({ clients: [webClient, ci], grantTypes });
});
afterAll(() => door.close());

async function claimsOf(token: unknown, at = door) {
  const keys = createLocalJWKSet({ keys: [...at.identity.jwks().keys] });
  return (await jwtVerify(String(token), keys, { issuer: at.issuer })).payload;
}

describe('a client for itself', () => {
  it('S-060: gets a token whose subject is its id, with the groups of its configuration', async () => {
    const config = await door.relyingParty('ci', 'ci-secret');
    expect(config.serverMetadata().grant_types_supported).toContain(grant_type);
    const tokens = await client.clientCredentialsGrant(config, { scope: 'openid profile groups' });
    expect(await claimsOf(tokens.access_token)).toMatchObject({
      sub: 'ci',
      aud: 'ci',
      preferred_username: 'client:ci',
      name: 'The CI',
      groups: ['deployers'],
    });
    expect(tokens['id_token']).toBe(tokens.access_token);
    expect(tokens.expires_in).toBeLessThanOrEqual(3600);
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  it('says of itself what it is asked for, and has no groups unless configured', async () => {
    const bare = await postToken(door, { grant_type, ...asCi });
    expect(bare.body).not.toHaveProperty('id_token');
    expect(await claimsOf(bare.body['access_token'])).not.toHaveProperty('groups');
    const web = { client_id: 'web', client_secret: 'web-secret', scope: 'groups' };
    const { body } = await postToken(door, { grant_type, ...web });
    expect((await claimsOf(body['access_token']))['groups']).toEqual([]);
  });

  it('ends with its client: at introspection, and for the gateway', async () => {
    const judge = { id: 'judge', secret: 'judge-secret', grantTypes: ['refresh_token'], introspect: true };
    const own = await openDoor({ clients: [ci, judge], grantTypes });
    onTestFinished(() => own.close());
    const config = await own.relyingParty('judge', 'judge-secret');
    const token = String((await postToken(own, { grant_type, ...asCi })).body['access_token']);
    expect(await client.tokenIntrospection(config, token)).toMatchObject({ active: true, sub: 'ci' });
    expect(own.identity.hasClient('ci')).toBe(true);
    await own.identity.reload({ clients: [judge], passwords: [jane] });
    expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
    expect([own.identity.hasClient('ci'), own.identity.hasClient('kubectl')]).toEqual([false, true]);
  });

  it.each(['email', 'offline_access', 'admin'])('has no scope %s', async (scope) => {
    const { status, body } = await postToken(door, { grant_type, ...asCi, scope });
    expect([status, body['error']]).toEqual([400, 'invalid_scope']);
  });

  it('is nobody: no session, no userinfo, nothing to exchange', async () => {
    const own = await openDoor({
      clients: [ci],
      grantTypes: [...grantTypes, 'urn:ietf:params:oauth:grant-type:token-exchange'],
    });
    onTestFinished(() => own.close());
    const { body } = await postToken(own, { grant_type, ...asCi, scope: 'openid' });
    const userinfo = await fetch(`${own.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });
    expect(userinfo.status).toBe(401);
    const exchanged = await postToken(own, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      ...asCi,
      subject_token: String(body['id_token']),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });
    expect(exchanged.body['error']).toBe('invalid_request');
  });
});

describe('a client’s name', () => {
  it.each([
    ['id', { ...jane, userID: 'ci' }],
    ['username', { ...jane, preferredUsername: 'client:ci' }],
    ['e-mail', { ...jane, email: 'Client:CI' }],
  ])('that is the %s of an account is the account’s', async (_name, account) => {
    const own = await openDoor({ clients: [ci], grantTypes, passwords: [account] });
    onTestFinished(() => own.close());
    const { status, body } = await postToken(own, { grant_type, ...asCi });
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
  });
});

describe('S-059: client credentials', () => {
  it('are off unless configured', async () => {
    const own = await openDoor({ clients: [webClient] });
    onTestFinished(() => own.close());
    const web = { client_id: 'web', client_secret: 'web-secret' };
    expect((await postToken(own, { grant_type, ...web })).body['error']).toBe('unsupported_grant_type');
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['of a client without a secret', { client_id: 'kubectl' }, 400, 'unauthorized_client'],
    ['with a wrong secret', { client_id: 'ci', client_secret: 'wrong' }, 401, 'invalid_client'],
    ['with no secret', { client_id: 'ci' }, 401, 'invalid_client'],
  ])('%s are refused', async (_name, as, status, error) => {
    const answer = await postToken(door, { grant_type, ...as });
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
  });

  it('of a client without redirect URIs are all that it has', async () => {
    const { status, body } = await postToken(door, { grant_type: 'authorization_code', ...asCi, code: 'x' });
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
  });
});
