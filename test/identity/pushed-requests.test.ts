import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryStore } from '../../src/store/index.ts';
import { textOf } from './support/browser-like.ts';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  postToken,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ clients: [webClient, { ...webClient, id: 'other', secret: 'other-secret' }] });
});
afterAll(() => door.close());

/** Pushes an authorization request as openid-client makes it. */
async function push(config: client.Configuration, parameters: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    redirect_uri: webRedirect,
    scope: 'openid',
    state,
    nonce,
    ...parameters,
  });
  return { url: url.href, verifier, state, nonce };
}

const web = (at = door) => at.relyingParty('web', 'web-secret');

async function pushByHand(parameters: Record<string, string>) {
  const answer = await fetch(`${door.issuer}/par`, { method: 'POST', body: new URLSearchParams(parameters) });
  return { status: answer.status, body: JSON.parse(await answer.text()) as Record<string, unknown> };
}

const request = {
  client_id: 'web',
  client_secret: 'web-secret',
  response_type: 'code',
  redirect_uri: webRedirect,
  scope: 'openid',
};

describe('S-056: a pushed authorization request', () => {
  it('leads to tokens, a refresh token included, and its address tells nothing', async () => {
    const config = await web();
    expect(config.serverMetadata()).toMatchObject({
      pushed_authorization_request_endpoint: `${door.issuer}/par`,
      authorization_response_iss_parameter_supported: true,
    });
    const attempt = await push(config, { scope: 'openid groups offline_access' });
    expect([...new URL(attempt.url).searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const back = await walk(door.browser(), attempt.url);
    expect(new URL(back.url).searchParams.get('iss')).toBe(door.issuer);
    const tokens = await redeem(config, attempt, back.url);
    expect(tokens.claims()).toMatchObject({ sub: jane.userID, groups: jane.groups });
    expect(tokens.refresh_token).toBeDefined();
  });

  it('of a public client needs PKCE, as any of its requests', async () => {
    const config = await door.relyingParty('kubectl');
    const attempt = await push(config, { redirect_uri: loopback });
    const back = await walk(door.browser(), attempt.url);
    expect((await redeem(config, attempt, back.url)).claims()?.sub).toBe(jane.userID);
    const { client_secret: _, ...bare } = { ...request, client_id: 'kubectl', redirect_uri: loopback };
    expect((await pushByHand(bare)).body).toMatchObject({ error: 'invalid_request' });
  });

  it('ends after a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const attempt = await push(await web());
    vi.setSystemTime(Date.now() + 61_000);
    expect(textOf(await door.browser().open(attempt.url))).toContain('invalid_request_uri');
  });

  it('belongs to its client', async () => {
    const attempt = await push(await web());
    const stolen = new URL(attempt.url);
    stolen.searchParams.set('client_id', 'other');
    expect(textOf(await door.browser().open(stolen.href))).toMatch(/invalid_request/);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['with an address of another site', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_request'],
    ['without openid', { scope: 'email' }, 400, 'invalid_scope'],
    [
      'that names a pushed one',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      400,
      'request_uri_not_supported',
    ],
    ['with a request object', { request: 'a.b.c' }, 400, 'request_not_supported'],
    ['of more than 16 kB', { state: 's'.repeat(20_000) }, 400, 'invalid_request'],
  ])('%s is refused', async (_name, change, status, error) => {
    const answer = await pushByHand({ ...request, ...change });
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
  });

  it('comes by POST', async () => {
    const answer = await fetch(`${door.issuer}/par`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is kept for 100 a minute of one address', async () => {
    const frozen = Date.now();
    const own = await openDoor({ now: () => frozen });
    onTestFinished(() => own.close());
    const statuses: number[] = [];
    for (let one = 0; one < 101; one++) {
      const answer = await fetch(`${own.issuer}/par`, { method: 'POST', body: new URLSearchParams(request) });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([...Array(100).fill(201), 429]);
  });
});

describe('the metadata of RFC 8414', () => {
  it.each(['', '/dex', '/a/b'])('of an issuer with the path "%s" are where §3.1 wants them', async (path) => {
    const own = await openDoor({ path });
    onTestFinished(() => own.close());
    const { origin } = new URL(own.issuer);
    const answer = await fetch(`${origin}/.well-known/oauth-authorization-server${path}`);
    const metadata = (await answer.json()) as Record<string, unknown>;
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(metadata).toMatchObject({
      issuer: own.issuer,
      token_endpoint: `${own.issuer}/token`,
      introspection_endpoint: `${own.issuer}/token/introspect`,
      revocation_endpoint: `${own.issuer}/token/revoke`,
      pushed_authorization_request_endpoint: `${own.issuer}/par`,
    });
    expect(metadata).not.toHaveProperty('registration_endpoint');
    const config = await client.discovery(new URL(own.issuer), 'kubectl', undefined, client.None(), {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });
    expect(config.serverMetadata()['issuer']).toBe(own.issuer);
  });
});

describe('S-043: introspection', () => {
  const introspect = async (token: string, as: Record<string, string> | undefined, at = door) => {
    const answer = await fetch(`${at.issuer}/token/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token, ...as }),
    });
    return { answer, body: JSON.parse(await answer.text()) as Record<string, unknown> };
  };
  const asWeb = { client_id: 'web', client_secret: 'web-secret' };
  const asOther = { client_id: 'other', client_secret: 'other-secret' };
  const tokens = async (at = door) =>
    (
      await signInFor(await web(at), at.browser(), {
        redirect_uri: webRedirect,
        scope: 'openid offline_access',
      })
    ).tokens;

  it('tells a client of its own tokens', async () => {
    const config = await web();
    const { access_token, refresh_token = '' } = await tokens();
    for (const token of [access_token, refresh_token]) {
      const told = await client.tokenIntrospection(config, token);
      expect(told).toMatchObject({ active: true, client_id: 'web', sub: jane.userID, iss: door.issuer });
    }
    await client.tokenRevocation(config, refresh_token);
    for (const token of [access_token, refresh_token])
      expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
  });

  it('tells nobody else, and nothing of what is no token', async () => {
    const { access_token } = await tokens();
    expect((await introspect(access_token, asOther)).body).toEqual({ active: false });
    expect((await introspect('nothing', asWeb)).body).toEqual({ active: false });
    const { answer } = await introspect(access_token, asWeb);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each<[string, Record<string, string> | undefined, number]>([
    ['no client', undefined, 400],
    ['a wrong secret', { client_id: 'web', client_secret: 'wrong' }, 401],
    ['a client without a secret', { client_id: 'kubectl' }, 401],
  ])('is for authenticated clients: %s', async (_name, as, status) => {
    for (const token of [(await tokens()).access_token, 'nothing']) {
      const { answer, body } = await introspect(token, as);
      expect([answer.status, body['active']]).toEqual([status, undefined]);
    }
  });

  it('S-040: nothing of a vanished account is active', async () => {
    const store = createMemoryStore();
    const first = await openDoor({ store });
    const { access_token } = await tokens(first);
    await first.close();
    const second = await openDoor({ store, port: first.port, passwords: [] });
    onTestFinished(() => second.close());
    expect((await introspect(access_token, asWeb, second)).body).toEqual({ active: false });
  });
});

describe('S-059: what is not served says what to use', () => {
  it.each([
    ['password', /authorization_code with PKCE, or a device code/],
    ['implicit', /authorization_code with PKCE/],
    ['urn:ietf:params:oauth:grant-type:jwt-bearer', /token exchange/],
  ])('%s', async (grant_type, remedy) => {
    const { status, body } = await postToken(door, {
      ...request,
      grant_type,
      username: 'jane',
      password: 'password',
    });
    expect([status, body['error']]).toEqual([400, 'unsupported_grant_type']);
    expect(body['error_description']).toMatch(remedy);
  });
});

it('RFC 9207: the issuer is in each authorization answer', async () => {
  const config = await web();
  const { url } = await startAuthorization(config, {
    redirect_uri: webRedirect,
    scope: 'openid',
    prompt: 'none',
  });
  const answer = await door.browser().request(url);
  const back = new URL(answer.headers.get('location') ?? '');
  expect([back.searchParams.get('error'), back.searchParams.get('iss')]).toEqual([
    'login_required',
    door.issuer,
  ]);
});
