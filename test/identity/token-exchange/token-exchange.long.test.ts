import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryStore } from '../../../src/store/index.ts';
import {
  bob,
  type Door,
  jane,
  loopback,
  openDoor,
  postToken,
  signInFor,
  webClient,
  webRedirect,
} from '../support/door.ts';

const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
const idType = 'urn:ietf:params:oauth:token-type:id_token';
const accessType = 'urn:ietf:params:oauth:token-type:access_token';

/** `kubectl` may ask for `cluster-a`, `cluster-a` for `cluster-b`, `web` for nothing but itself. */
const clients = [
  webClient,
  { id: 'cluster-a', secret: 'a', redirectURIs: ['https://a.example/'], trustedPeers: ['kubectl', 'web'] },
  { id: 'cluster-b', secret: 'b', redirectURIs: ['https://b.example/'], trustedPeers: ['cluster-a'] },
];

let door: Door;
beforeAll(async () => {
  door = await openDoor({ clients });
});
afterAll(() => door.close());

const kubectl = (scope = 'openid', at = door) =>
  at
    .relyingParty('kubectl')
    .then((config) => signInFor(config, at.browser(), { redirect_uri: loopback, scope }))
    .then(({ tokens }) => tokens);

const web = (scope: string, at = door) =>
  at
    .relyingParty('web', 'web-secret')
    .then((config) => signInFor(config, at.browser(), { redirect_uri: webRedirect, scope }))
    .then(({ tokens }) => tokens);

const asWeb = { client_id: 'web', client_secret: 'web-secret' };

function exchange(subject: string | undefined, parameters: Record<string, string> = {}, at = door) {
  return postToken(at, {
    grant_type,
    client_id: 'kubectl',
    subject_token: subject ?? '',
    subject_token_type: idType,
    requested_token_type: idType,
    audience: 'cluster-a',
    ...parameters,
  });
}

async function verified(token: unknown, audience: string, at = door) {
  const keys = createLocalJWKSet({ keys: [...at.identity.jwks().keys] });
  return jwtVerify(String(token), keys, { issuer: at.issuer, audience });
}

describe('a token exchange', () => {
  it('makes of an ID token one for a cluster, which says the same of the person', async () => {
    const { id_token } = await kubectl();
    const { status, body } = await exchange(id_token);
    expect([status, body['issued_token_type'], body['token_type']]).toEqual([200, idType, 'N_A']);
    expect(body).not.toHaveProperty('refresh_token');
    const { payload } = await verified(body['access_token'], 'cluster-a');
    const subject = await verified(id_token, 'kubectl');
    expect(payload).toMatchObject({
      sub: jane.userID,
      aud: 'cluster-a',
      azp: 'kubectl',
      act: { sub: 'kubectl' },
      email: jane.email,
      preferred_username: 'jane',
      groups: jane.groups,
      sid: subject.payload['sid'],
    });
    expect(payload.exp).toBeLessThanOrEqual(subject.payload.exp ?? 0);
  });

  it('works with a client library, from an access token, to an access token unless told otherwise', async () => {
    const config = await door.relyingParty('kubectl');
    expect(config.serverMetadata().grant_types_supported).toContain(grant_type);
    const { access_token } = await kubectl();
    const made = await client.genericGrantRequest(config, grant_type, {
      subject_token: access_token,
      subject_token_type: accessType,
      audience: 'cluster-a',
    });
    expect(made['issued_token_type']).toBe(accessType);
    const { payload, protectedHeader } = await verified(made.access_token, 'cluster-a');
    expect(protectedHeader.typ).toBe('at+jwt');
    expect(payload).toMatchObject({ sub: jane.userID, client_id: 'kubectl', groups: jane.groups });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(3600);
    await expect(client.fetchUserInfo(config, made.access_token, jane.userID)).rejects.toThrow();
  });

  it('without an audience narrows a token for the client itself', async () => {
    const tokens = await web('openid email groups');
    const { audience: _, ...parameters } = { ...asWeb, audience: '', scope: 'groups', groups: 'oncall' };
    const { body } = await postToken(door, {
      grant_type,
      subject_token: tokens.id_token ?? '',
      subject_token_type: idType,
      requested_token_type: idType,
      ...parameters,
    });
    const { payload } = await verified(body['access_token'], 'web');
    expect(payload).toMatchObject({ sub: jane.userID, groups: ['oncall'] });
    expect(payload).not.toHaveProperty('email');
    expect(payload).not.toHaveProperty('act');
    expect(body['scope']).toBe('openid groups');
  });

  it('never tells more than its subject token', async () => {
    const tokens = await web('openid email');
    for (const [subject_token, subject_token_type] of [
      [tokens.id_token ?? '', idType],
      [tokens.access_token, accessType],
    ] as const) {
      const { body } = await exchange(subject_token, { ...asWeb, subject_token_type });
      const { payload } = await verified(body['access_token'], 'cluster-a');
      expect(payload['email']).toBe(jane.email);
      expect(payload).not.toHaveProperty('groups');
      const wider = await exchange(subject_token, { ...asWeb, subject_token_type, scope: 'openid groups' });
      expect([wider.status, wider.body['error']]).toEqual([400, 'invalid_scope']);
    }
  });

  it('names no group that the asking client itself is not told of, whatever it exchanges', async () => {
    const narrow = { ...webClient, groupFilter: { prefix: 'on' } };
    const other = await openDoor({ clients: [narrow, ...clients.slice(1)] });
    onTestFinished(() => other.close());
    const tokens = await web('openid groups', other);
    for (const [subject_token, subject_token_type] of [
      [tokens.id_token ?? '', idType],
      [tokens.access_token, accessType],
    ] as const) {
      const { body } = await exchange(subject_token, { ...asWeb, subject_token_type }, other);
      const { payload } = await verified(body['access_token'], 'cluster-a', other);
      expect(payload['groups']).toEqual(['oncall']);
    }
  });

  it('names all who act, and a second exchange widens nothing again', async () => {
    const { id_token } = await kubectl();
    const first = await exchange(id_token, { groups: 'oncall' });
    const second = await exchange(String(first.body['access_token']), {
      client_id: 'cluster-a',
      client_secret: 'a',
      audience: 'cluster-b',
      groups: 'oncall developers',
    });
    const { payload } = await verified(second.body['access_token'], 'cluster-b');
    expect(payload).toMatchObject({
      azp: 'cluster-a',
      act: { sub: 'cluster-a', act: { sub: 'kubectl' } },
      groups: ['oncall'],
    });
  });

  it('S-041: reads the groups anew, and keeps to those asked for', async () => {
    const store = createMemoryStore();
    const first = await openDoor({ store, clients });
    const { id_token } = await kubectl('openid', first);
    await first.close();
    const groups = ['ops', 'oncall'];
    const second = await openDoor({
      store,
      clients,
      port: first.port,
      passwords: [{ ...jane, groups }, bob],
    });
    onTestFinished(() => second.close());
    const { body } = await exchange(id_token, { groups: 'ops developers nonsense' }, second);
    // `ops` is new since the subject token, `developers` is gone.
    expect((await verified(body['access_token'], 'cluster-a', second)).payload['groups']).toEqual([]);
    const all = await exchange(id_token, {}, second);
    expect((await verified(all.body['access_token'], 'cluster-a', second)).payload['groups']).toEqual([
      'oncall',
    ]);
  });

  it('for any choice of groups gives no group that is not in all of account, subject and choice', async () => {
    const { id_token } = await kubectl();
    const group = fc.constantFrom<string>('developers', 'oncall', 'admins', 'system:masters');
    // None is as good as not asked (RFC 6749 §3.2).
    const choice = fc.uniqueArray(group, { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(choice, choice, async (one, two) => {
        const first = await exchange(id_token, { audience: 'kubectl', groups: one.join(' ') });
        const second = await exchange(String(first.body['access_token']), { groups: two.join(' ') });
        const { payload } = await verified(second.body['access_token'], 'cluster-a');
        const allowed = jane.groups?.filter((name) => one.includes(name) && two.includes(name));
        expect(payload['groups']).toEqual(allowed);
      }),
      { numRuns: 15 },
    );
  });
});

describe('the end of a session', () => {
  it('S-049: ends what was exchanged with it, and nothing is exchanged after it', async () => {
    const config = await door.relyingParty('kubectl');
    const tokens = await kubectl('openid offline_access');
    const { body } = await exchange(tokens.id_token);
    const { payload } = await verified(body['access_token'], 'cluster-a');
    expect(door.identity.isEnded(String(payload['sid']))).toBe(false);
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    expect(door.identity.isEnded(String(payload['sid']))).toBe(true);
    for (const [token, subject_token_type] of [
      [tokens.id_token, idType],
      [tokens.access_token, accessType],
    ] as const) {
      const refused = await exchange(token, { subject_token_type });
      expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_request']);
    }
  });

  it('S-040: a vanished account exchanges nothing', async () => {
    const store = createMemoryStore();
    const first = await openDoor({ store, clients });
    const { id_token } = await kubectl('openid', first);
    await first.close();
    const second = await openDoor({ store, clients, port: first.port, passwords: [bob] });
    onTestFinished(() => second.close());
    expect((await exchange(id_token, {}, second)).body['error']).toBe('invalid_request');
  });

  it('is also that of the subject token: nothing outlives it, nothing comes of it afterwards', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const own = await openDoor({ clients, expiry: { idTokens: 600_000 } });
    onTestFinished(() => own.close());
    const { id_token } = await kubectl('openid', own);
    vi.setSystemTime(Date.now() + 590_000);
    const { body } = await exchange(id_token, {}, own);
    expect(body['expires_in']).toBeLessThanOrEqual(10);
    vi.setSystemTime(Date.now() + 11_000);
    expect((await exchange(id_token, {}, own)).body['error']).toBe('invalid_request');
  });
});

describe('S-058 S-064: trust', () => {
  it.each<[string, Record<string, string>]>([
    ['an unknown audience', { audience: 'nobody' }],
    ['an audience that does not trust the client', { audience: 'web' }],
    ['a peer of a peer', { audience: 'cluster-b' }],
    ['a resource', { resource: 'https://a.example' }],
  ])('of %s there is none', async (_name, parameters) => {
    const { id_token } = await kubectl();
    const { status, body } = await exchange(id_token, parameters);
    expect([status, body['error']]).toEqual([400, 'invalid_target']);
  });

  it('is not in a token of another client', async () => {
    const { id_token, access_token } = await kubectl();
    for (const [token, subject_token_type] of [
      [id_token, idType],
      [access_token, accessType],
    ] as const) {
      const { body } = await exchange(token, { ...asWeb, subject_token_type });
      expect(body['error']).toBe('invalid_request');
    }
  });
});

describe('S-044: what is no subject token', () => {
  it.each<[string, (tokens: Awaited<ReturnType<typeof kubectl>>) => Record<string, string>]>([
    ['an access token as an ID token', ({ access_token }) => ({ subject_token: access_token })],
    ['an ID token as an access token', () => ({ subject_token_type: accessType })],
    [
      'a refresh token',
      ({ refresh_token }) => ({ subject_token: refresh_token ?? '', subject_token_type: accessType }),
    ],
    ['a changed signature', ({ id_token }) => ({ subject_token: `${id_token?.slice(0, -8)}AAAAAAAA` })],
    [
      'one that is not signed',
      ({ id_token }) => ({
        subject_token: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${id_token?.split('.')[1]}.`,
      }),
    ],
    ['text', () => ({ subject_token: 'a.b.c' })],
    ['another type', () => ({ subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' })],
    [
      'another type wanted',
      () => ({ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }),
    ],
    ['an actor token', ({ id_token }) => ({ actor_token: id_token ?? '', actor_token_type: idType })],
    ['a token of another connector', () => ({ connector_id: 'github' })],
  ])('%s', async (_name, change) => {
    const tokens = await kubectl('openid offline_access');
    const { status, body } = await exchange(tokens.id_token, change(tokens));
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  it.each(['subject_token', 'subject_token_type'])('none at all: %s', async (name) => {
    const { body } = await exchange('x', { [name]: '' });
    expect(body).toMatchObject({ error: 'invalid_request', error_description: `${name} is missing` });
  });

  it('offline_access and unknown scopes', async () => {
    const { id_token } = await kubectl();
    for (const scope of ['openid offline_access', 'admin']) {
      expect((await exchange(id_token, { scope })).body['error']).toBe('invalid_scope');
    }
  });
});

it('Dex’s connector_id is understood when it is the local one', async () => {
  const { id_token } = await kubectl();
  expect((await exchange(id_token, { connector_id: 'local' })).status).toBe(200);
});

it('is not served where it is not configured', async () => {
  const own = await openDoor({ clients, grantTypes: ['authorization_code', 'refresh_token'] });
  onTestFinished(() => own.close());
  const { id_token } = await kubectl('openid', own);
  expect((await exchange(id_token, {}, own)).body['error']).toBe('unsupported_grant_type');
  const config = await own.relyingParty('kubectl');
  expect(config.serverMetadata()).toMatchObject({
    grant_types_supported: ['authorization_code', 'refresh_token'],
  });
  expect(config.serverMetadata().device_authorization_endpoint).toBeUndefined();
});

describe('an audience that demands a second factor', () => {
  it('gets no token by way of a client that does not', async () => {
    const own = await openDoor({
      mfa: { authenticators: [{ id: 'app', type: 'TOTP', config: {} }] },
      clients: clients.map((one) => (one.id === 'cluster-a' ? { ...one, mfaChain: ['app'] } : one)),
    });
    onTestFinished(() => own.close());
    const tokens = await kubectl('openid', own);
    expect((await exchange(tokens.id_token, {}, own)).body).toMatchObject({
      error: 'invalid_request',
      error_description: 'the subject_token is invalid',
    });
    const forItself = await exchange(tokens.id_token, { audience: 'kubectl' }, own);
    expect(forItself.status).toBe(200);
  });
});
