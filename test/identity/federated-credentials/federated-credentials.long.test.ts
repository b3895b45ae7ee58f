import { createHmac, randomUUID } from 'node:crypto';
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { usualGrantTypes } from '../../../src/identity/clients/grant-types.ts';
import { idTokenType, tokenExchangeGrant } from '../../../src/identity/token-exchange/token-types.ts';
import { type Door, type DoorOptions, dump, openDoor, postToken, signInFor } from '../support/door.ts';
import { type OtherIssuer, seconds, startIssuer } from './issuer.ts';

const clientCredentials = 'client_credentials';
const grantTypes = ['authorization_code', clientCredentials];
const subject = 'system:serviceaccount:builds:deployer';
const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let cluster: OtherIssuer;
let stranger: OtherIssuer;
beforeAll(async () => {
  [cluster, stranger] = await Promise.all([startIssuer(), startIssuer()]);
});
afterAll(() => Promise.all([cluster.close(), stranger.close()]));

const opened: Door[] = [];
afterEach(async () => {
  for (const door of opened.splice(0)) await door.close();
});

async function open(options: DoorOptions = {}, credential: object = {}): Promise<Door> {
  const door = await openDoor({
    clients: [
      {
        id: 'robot',
        clientCredentialsClaims: { groups: ['deployers'] },
        federatedCredentials: [{ issuer: cluster.url, subject, ...credential }],
      },
      { id: 'other', secret: 'other-secret', clientCredentialsClaims: { groups: [] } },
    ],
    grantTypes,
    signer: { algorithm: 'ES256' },
    ...options,
  });
  opened.push(door);
  return door;
}

/** Of a pipeline's host: for one use. */
function claims(door: Door, change: JWTPayload = {}): JWTPayload {
  const now = seconds();
  const usual = { iss: cluster.url, sub: subject, aud: door.issuer, iat: now, exp: now + 300 };
  return { ...usual, jti: randomUUID(), ...change };
}

/** As Kubernetes puts it into a pod: for use until it ends. */
const ofPod = (door: Door, change: JWTPayload = {}) =>
  claims(door, {
    aud: [door.issuer],
    exp: seconds() + 600,
    'kubernetes.io': { namespace: 'builds', serviceaccount: { name: 'deployer' } },
    ...change,
  });

const post = (door: Door, client_assertion: string, more: Record<string, string> = {}) =>
  postToken(door, { grant_type: clientCredentials, client_assertion, client_assertion_type, ...more });

describe('a client that another issuer vouches for', () => {
  it('is found by issuer and subject, or named', async () => {
    const door = await open();
    for (const more of [{}, { client_id: 'robot' }]) {
      const { status, body } = await post(door, await cluster.sign(claims(door)), {
        scope: 'openid groups',
        ...more,
      });
      expect(status).toBe(200);
      expect(decodeJwt(String(body['id_token']))).toMatchObject({ sub: 'robot', groups: ['deployers'] });
    }
  });

  it('uses the token of its service account again until it ends', async () => {
    const door = await open();
    const token = await cluster.sign(ofPod(door));
    const answers = [await post(door, token), await post(door, token)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('has keys in the configuration where the issuer cannot be reached', async () => {
    const before = { ...cluster.asked };
    const door = await open({}, { jwks: cluster.jwks() });
    expect((await post(door, await cluster.sign(claims(door)))).status).toBe(200);
    expect(cluster.asked).toEqual(before);
  });

  it('has keys at an address of their own', async () => {
    const before = { ...cluster.asked };
    const door = await open({}, { jwksURL: `${cluster.url}/keys` });
    expect((await post(door, await cluster.sign(claims(door)))).status).toBe(200);
    expect(cluster.asked).toEqual({ ...before, keys: before.keys + 1 });
  });

  it('names an audience other than the issuer when it is configured so, and then no other', async () => {
    const door = await open({}, { audience: 'sallyport' });
    expect((await post(door, await cluster.sign(claims(door, { aud: 'sallyport' })))).status).toBe(200);
    expect((await post(door, await cluster.sign(claims(door)))).status).toBe(401);
  });

  it('may have a secret of its own beside, but never sends an assertion as one', async () => {
    const door = await open({
      clients: [
        {
          id: 'robot',
          secret: 'own-secret',
          clientCredentialsClaims: { groups: [] },
          federatedCredentials: [{ issuer: cluster.url, subject }],
        },
      ],
    });
    const grant_type = clientCredentials;
    const withSecret = (client_secret: string) =>
      postToken(door, { grant_type, client_id: 'robot', client_secret });
    expect((await withSecret('own-secret')).status).toBe(200);
    expect((await post(door, await cluster.sign(claims(door)))).status).toBe(200);
    expect((await withSecret(await cluster.sign(claims(door)))).status).toBe(401);
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
    const { status, body } = await post(door, await cluster.sign(claims(door)), { client_secret: 'x' });
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  it('authenticates at the other endpoints, too, and leaves nothing of its assertion in the store', async () => {
    const redirect_uri = 'https://robot.example/callback';
    const door = await open({
      clients: [
        {
          id: 'robot',
          redirectURIs: [redirect_uri],
          federatedCredentials: [{ issuer: cluster.url, subject }],
        },
      ],
    });
    const assertion = await cluster.sign(ofPod(door));
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
          federatedCredentials: [{ issuer: cluster.url, subject }],
        },
      ],
      grantTypes: usualGrantTypes,
    });
    const assertion = await cluster.sign(ofPod(door));
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
      federatedCredentials: [{ issuer: cluster.url, subject }],
    };
    const same = { passwords: [], grantTypes };
    await door.identity.reload({ ...same, clients: [other] });
    const { body } = await post(door, await cluster.sign(claims(door)), { scope: 'openid' });
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ sub: 'other' });
    await door.identity.reload({
      ...same,
      clients: [{ ...other, federatedCredentials: [], secret: 's' }],
    });
    expect((await post(door, await cluster.sign(claims(door)))).status).toBe(401);
  });
});

describe('S-053: an assertion for one use', () => {
  it('counts once of 50 at once, on two doors over one store', async () => {
    const door = await open({ replicas: 2 });
    const one = await cluster.sign(claims(door));
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(door, one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)]);
  });

  it('is none that lives for an hour', async () => {
    const door = await open();
    const long = await cluster.sign(claims(door, { exp: seconds() + 3600 }));
    const answers = [await post(door, long), await post(door, long)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is not used up by a request in which it is refused', async () => {
    const door = await open();
    const one = await cluster.sign(claims(door));
    expect((await post(door, one, { client_id: 'other' })).status).toBe(400);
    expect((await post(door, one)).status).toBe(200);
  });
});

describe('an assertion is refused', () => {
  let door: Door;
  beforeAll(async () => {
    door = await open();
    opened.splice(0);
  });
  afterAll(() => door.close());

  it.each<[string, (door: Door) => Promise<string>]>([
    ['S-054: for more than one audience', (door) => cluster.sign(claims(door, { aud: [door.issuer, 'x'] }))],
    ['S-054: for the token endpoint', (door) => cluster.sign(claims(door, { aud: `${door.issuer}/token` }))],
    [
      'S-054: for the API server',
      (door) => cluster.sign(ofPod(door, { aud: ['https://kubernetes.default.svc'] })),
    ],
    ['S-055: without an audience', (door) => cluster.sign(claims(door, { aud: undefined as never }))],
    ['S-055: of another subject', (door) => cluster.sign(claims(door, { sub: `${subject}2` }))],
    ['S-055: of another issuer', (door) => stranger.sign(claims(door, { iss: stranger.url }))],
    ['S-055: by another issuer in the name of this one', (door) => stranger.sign(claims(door))],
    ['S-055: that has expired', (door) => cluster.sign(claims(door, { exp: seconds() }))],
    ['S-055: without an end', (door) => cluster.sign(claims(door, { exp: undefined as never }))],
    ['S-055: that does not count yet', (door) => cluster.sign(claims(door, { nbf: seconds() + 120 }))],
    ['S-055: issued in the future', (door) => cluster.sign(claims(door, { iat: seconds() + 120 }))],
    ['S-055: that is an access token', (door) => cluster.sign(claims(door), { typ: 'at+jwt' })],
    ['S-055: with a critical header', (door) => cluster.sign(claims(door), { crit: ['b64'], b64: true })],
    ['S-055: without a signature', async (door) => unsigned(claims(door))],
    ['S-055: signed by its public key as a secret', async (door) => symmetric(claims(door))],
    ['S-055: with a key of its own', ownKey],
    ['S-055: with a claim twice', (door) => cluster.signText(twice(claims(door)))],
    ['S-055: that is no JWT', async () => 'nonsense'],
  ])('%s', async (_name, make) => {
    const { status, body } = await post(door, await make(door), { client_id: 'robot' });
    expect([status, body['error'], body['error_description']]).toEqual([
      401,
      'invalid_client',
      'client authentication failed',
    ]);
  });

  it('whatever is changed in it', async () => {
    const [header = '', payload = '', signature = ''] = (await cluster.sign(ofPod(door))).split('.');
    const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    for (const text of [
      `${header}.${payload}.${flip(signature)}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}.${signature}=`,
    ])
      expect((await post(door, text, { client_id: 'robot' })).status).toBe(401);
  });

  it('with the reason in the log, and not in the answer', async () => {
    door.log.splice(0);
    await post(door, await cluster.sign(claims(door, { exp: seconds() - 1 })), { client_id: 'robot' });
    const fields = door.log.find(({ message }) => message === 'request refused')?.fields;
    expect(fields).toMatchObject({ error_detail: 'the assertion: it has expired', client_id: 'robot' });
  });
});

describe('the keys of another issuer', () => {
  it('are asked for once for many strange ones, and again when they have changed', async () => {
    const issuer = await startIssuer();
    try {
      let now = Date.now();
      const door = await open({ now: () => now }, { issuer: issuer.url });
      const sign = (header = {}) => issuer.sign(claims(door, { iss: issuer.url }), header);
      expect((await post(door, await sign())).status).toBe(200);
      const strange = await sign({ kid: 'strange' });
      await Promise.all(Array.from({ length: 20 }, () => post(door, strange, { client_id: 'robot' })));
      expect(issuer.asked).toEqual({ discovery: 1, keys: 1 });
      await issuer.rotate();
      expect((await post(door, await sign())).status).toBe(401);
      now += 31_000;
      expect((await post(door, await sign())).status).toBe(200);
      expect(issuer.asked.keys).toBe(2);
    } finally {
      await issuer.close();
    }
  });

  it('are not looked for where a redirect leads', async () => {
    const issuer = await startIssuer();
    try {
      const door = await open({}, { issuer: issuer.url });
      const before = { ...stranger.asked };
      issuer.redirectTo(stranger.url);
      expect((await post(door, await issuer.sign(claims(door, { iss: issuer.url })))).status).toBe(401);
      expect(stranger.asked).toEqual(before);
    } finally {
      await issuer.close();
    }
  });
});

describe('a configuration is refused', () => {
  it('in which one token would be two clients', async () => {
    const federatedCredentials = [{ issuer: cluster.url, subject }];
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

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(payload: JWTPayload): string {
  return `${encode({ alg: 'none' })}.${encode(payload)}.`;
}

function symmetric(payload: JWTPayload): string {
  const [jwk] = cluster.jwks().keys;
  const input = `${encode({ alg: 'HS256', kid: jwk?.kid })}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', JSON.stringify(jwk)).update(input).digest('base64url')}`;
}

async function ownKey(door: Door): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  const [jwk] = stranger.jwks().keys;
  return new SignJWT(claims(door)).setProtectedHeader({ alg: 'ES256', jwk: jwk as never }).sign(privateKey);
}

function twice(payload: JWTPayload): string {
  return JSON.stringify(payload).replace('{', '{"sub":"system:serviceaccount:other",');
}
