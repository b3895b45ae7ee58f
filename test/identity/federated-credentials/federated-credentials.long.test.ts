import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { usualGrantTypes } from '../../../src/identity/clients/grant-types.ts';
import { idTokenType, tokenExchangeGrant } from '../../../src/identity/token-exchange/token-types.ts';
import { dump, postToken, signInFor } from '../support/door.ts';
import {
  client_assertion_type,
  clientCredentials,
  createFederation,
  grantTypes,
  post,
  subject,
} from './federation.ts';

const federation = createFederation();
const { open, claims, ofPod } = federation;

describe('a client that another issuer vouches for', () => {
  it('is found by issuer and subject, or named', async () => {
    const door = await open();
    for (const more of [{}, { client_id: 'robot' }]) {
      const { status, body } = await post(door, await federation.cluster.sign(claims(door)), {
        scope: 'openid groups',
        ...more,
      });
      expect(status).toBe(200);
      expect(decodeJwt(String(body['id_token']))).toMatchObject({ sub: 'robot', groups: ['deployers'] });
    }
  });

  it('uses the token of its service account again until it ends', async () => {
    const door = await open();
    const token = await federation.cluster.sign(ofPod(door));
    const answers = [await post(door, token), await post(door, token)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('has keys in the configuration where the issuer cannot be reached', async () => {
    const before = { ...federation.cluster.asked };
    const door = await open({}, { jwks: federation.cluster.jwks() });
    expect((await post(door, await federation.cluster.sign(claims(door)))).status).toBe(200);
    expect(federation.cluster.asked).toEqual(before);
  });

  it('has keys at an address of their own', async () => {
    const before = { ...federation.cluster.asked };
    const door = await open({}, { jwksURL: `${federation.cluster.url}/keys` });
    expect((await post(door, await federation.cluster.sign(claims(door)))).status).toBe(200);
    expect(federation.cluster.asked).toEqual({ ...before, keys: before.keys + 1 });
  });

  it('names an audience other than the issuer when it is configured so, and then no other', async () => {
    const door = await open({}, { audience: 'sallyport' });
    expect((await post(door, await federation.cluster.sign(claims(door, { aud: 'sallyport' })))).status).toBe(
      200,
    );
    expect((await post(door, await federation.cluster.sign(claims(door)))).status).toBe(401);
  });

  it('may have a secret of its own beside, but never sends an assertion as one', async () => {
    const door = await open({
      clients: [
        {
          id: 'robot',
          secret: 'own-secret',
          clientCredentialsClaims: { groups: [] },
          federatedCredentials: [{ issuer: federation.cluster.url, subject }],
        },
      ],
    });
    const grant_type = clientCredentials;
    const withSecret = (client_secret: string) =>
      postToken(door, { grant_type, client_id: 'robot', client_secret });
    expect((await withSecret('own-secret')).status).toBe(200);
    expect((await post(door, await federation.cluster.sign(claims(door)))).status).toBe(200);
    expect((await withSecret(await federation.cluster.sign(claims(door)))).status).toBe(401);
  });

  it('S-052: has no secret that anybody could guess', async () => {
    const door = await open();
    const { status, body } = await postToken(door, {
      grant_type: clientCredentials,
      client_id: 'robot',
      client_secret: '',
    });
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });

  it('S-050: proves itself in one way at a time', async () => {
    const door = await open();
    const { status, body } = await post(door, await federation.cluster.sign(claims(door)), {
      client_secret: 'x',
    });
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  it('authenticates at the other endpoints, too, and leaves nothing of its assertion in the store', async () => {
    const redirect_uri = 'https://robot.example/callback';
    const door = await open({
      clients: [
        {
          id: 'robot',
          redirectURIs: [redirect_uri],
          federatedCredentials: [{ issuer: federation.cluster.url, subject }],
        },
      ],
    });
    const assertion = await federation.cluster.sign(ofPod(door));
    const send = (path: string, parameters: Record<string, string>) =>
      fetch(`${door.issuer}${path}`, {
        method: 'POST',
        body: new URLSearchParams({ client_assertion: assertion, client_assertion_type, ...parameters }),
      });
    const pushed = await send('/par', { response_type: 'code', scope: 'openid', redirect_uri });
    expect(pushed.status).toBe(201);
    const introspected = await send('/token/introspect', { token: 'unknown' });
    expect(await introspected.json()).toEqual({ active: false });
    expect((await send('/token/revoke', { token: 'unknown' })).status).toBe(200);
    expect(await dump(door.store)).not.toContain(assertion.split('.')[2]);
  });

  it('takes people in, refreshes and exchanges their tokens', async () => {
    const redirect_uri = 'https://robot.example/callback';
    const door = await open({
      clients: [
        {
          id: 'robot',
          redirectURIs: [redirect_uri],
          federatedCredentials: [{ issuer: federation.cluster.url, subject }],
        },
      ],
      grantTypes: usualGrantTypes,
    });
    const assertion = await federation.cluster.sign(ofPod(door));
    const config = await client.discovery(
      new URL(door.issuer),
      'robot',
      undefined,
      (_as, _client, body) => {
        body.set('client_assertion', assertion);
        body.set('client_assertion_type', client_assertion_type);
      },
      { execute: [client.allowInsecureRequests] },
    );
    const scope = 'openid offline_access';
    const { tokens } = await signInFor(config, door.browser(), { redirect_uri, scope });
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const exchanged = await client.genericGrantRequest(config, tokenExchangeGrant, {
      subject_token: refreshed.id_token ?? '',
      subject_token_type: idTokenType,
      requested_token_type: idTokenType,
    });
    expect(decodeJwt(exchanged.access_token)).toMatchObject({ sub: 'id-jane', aud: 'robot' });
  });

  it('is another one, or none, after a reload', async () => {
    const door = await open();
    const other = {
      id: 'other',
      clientCredentialsClaims: { groups: [] },
      federatedCredentials: [{ issuer: federation.cluster.url, subject }],
    };
    const same = { passwords: [], grantTypes };
    await door.identity.reload({ ...same, clients: [other] });
    const { body } = await post(door, await federation.cluster.sign(claims(door)), { scope: 'openid' });
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ sub: 'other' });
    await door.identity.reload({
      ...same,
      clients: [{ ...other, federatedCredentials: [], secret: 's' }],
    });
    expect((await post(door, await federation.cluster.sign(claims(door)))).status).toBe(401);
  });
});

describe('a configuration is refused', () => {
  it('in which one token would be two clients', async () => {
    const federatedCredentials = [{ issuer: federation.cluster.url, subject }];
    const one = { clientCredentialsClaims: { groups: [] }, federatedCredentials };
    await expect(
      open({
        clients: [
          { id: 'a', ...one },
          { id: 'b', ...one },
        ],
      }),
    ).rejects.toThrow(/would be both client a and client b/);
  });

  it('in which people’s own tokens would be a client', async () => {
    const client = {
      id: 'a',
      clientCredentialsClaims: { groups: [] },
      federatedCredentials: [{ issuer: 'https://id.example', subject }],
    };
    await expect(open({ publicIssuer: 'https://id.example', clients: [client] })).rejects.toThrow(
      /of another issuer than this one/,
    );
  });

  it('whose keys could verify nothing', async () => {
    const weak = { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] };
    await expect(open({}, { jwks: weak })).rejects.toThrow(/hold none that could verify a token/);
  });
});
