import { createServer } from 'node:http';
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

const initialAccessToken = 'an-initial-access-token-of-enough-characters';
const day = 24 * 3_600_000;
const registration = { initialAccessToken, maxClients: 100, unusedFor: 30 * day };
const grant_types = ['authorization_code', 'refresh_token'];
const app = { client_name: 'An App', redirect_uris: [webRedirect], grant_types };

async function open(options: DoorOptions = {}): Promise<Door> {
  const opened = await openDoor({ registration, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    registration: { ...registration, initialAccessToken: undefined },
    trustedProxies: ['127.0.0.1'],
  });
});
afterAll(() => door.close());

/** Each test comes from an address of its own: what one may do is counted. */
let hosts = 0;

interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly address?: string;
  readonly type?: string;
}

async function send(url: string, { method = 'POST', token, body, address, type = 'application/json' }: Sent) {
  const answer = await fetch(url, {
    method,
    headers: {
      'x-forwarded-for': address ?? `192.0.2.${++hosts}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: answer.status, headers: answer.headers, body: json };
}

const register = (body: unknown, at: Door = door, token?: string) =>
  send(`${at.issuer}/register`, { body, ...(token === undefined ? {} : { token }) });

/** A registered client, and what manages it. */
async function registered(more: object = {}, at: Door = door) {
  const { status, body } = await register({ ...app, ...more }, at, initialAccessToken);
  expect(status).toBe(201);
  const [id, secret] = [String(body['client_id']), body['client_secret'] as string | undefined];
  const [url, token] = [String(body['registration_client_uri']), String(body['registration_access_token'])];
  const manage = (method: string, change?: unknown, other = token) =>
    send(url, { method, token: other, ...(change === undefined ? {} : { body: change }) });
  return { id, secret, url, token, body, manage, config: () => at.relyingParty(id, secret) };
}

const request = { redirect_uri: webRedirect, scope: 'openid email offline_access' };

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

describe('S-057: registration', () => {
  it('is off unless configured', async () => {
    const off = await open({ registration: undefined });
    expect((await fetch(`${off.issuer}/register`, { method: 'POST' })).status).toBe(404);
    const document = await fetch(`${off.issuer}/.well-known/openid-configuration`);
    expect(await document.json()).not.toHaveProperty('registration_endpoint');
  });

  it('wants the initial access token before anything else', async () => {
    const at = await open();
    for (const token of [undefined, 'wrong', initialAccessToken.slice(1), `${initialAccessToken}x`]) {
      const { status, headers, body } = await register('not JSON', at, token);
      expect([status, body['error']], token).toEqual([401, 'invalid_token']);
      expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
    expect((await at.store.list('identity/registered/')).entries).toEqual([]);
  });

  it('is not guessed at, or flooded: 20 requests of a host, and one more every 15 seconds', async () => {
    const address = '198.51.100.1';
    const url = `${door.issuer}/register`;
    const answers = await Promise.all(Array.from({ length: 25 }, () => send(url, { body: {}, address })));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(20).fill(400),
      ...Array(5).fill(429),
    ]);
    const { headers } = answers.find(({ status }) => status === 429) ?? {};
    expect(Number(headers?.get('retry-after'))).toBeGreaterThan(0);
    expect((await send(url, { body: app })).status).toBe(201);
  });

  it('is bounded, also when many come at once, and has room again when clients are gone', async () => {
    const at = await open({ registration: { ...registration, maxClients: 3 } });
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(app, at, initialAccessToken)));
    const done = answers.filter(({ status }) => status === 201);
    expect(done.length).toBeLessThanOrEqual(3);
    expect(new Set(answers.map(({ status }) => status))).toContain(503);
    while ((await register(app, at, initialAccessToken)).status === 201);
    expect((await at.store.list('identity/registered/')).entries).toHaveLength(3);
    expect(at.identity.clients().filter(({ source }) => source === 'registered')).toHaveLength(3);
    const [first] = at.identity.clients().filter(({ source }) => source === 'registered');
    await at.identity.removeClient(first?.id ?? '', { name: 'cli:root' });
    expect((await register(app, at, initialAccessToken)).status).toBe(201);
  });

  it('ends within a day for who is never used, and in time for who is not used any more', async () => {
    let offset = 0;
    const at = await open({ now: () => Date.now() + offset });
    const [idle, busy] = [await registered({}, at), await registered({}, at)];
    const { tokens } = await signInFor(await busy.config(), at.browser(), request);
    offset = day + 1000;
    expect((await idle.manage('GET')).status).toBe(401);
    expect(at.identity.hasClient(idle.id)).toBe(false);
    offset = 10 * day;
    const next = await client.refreshTokenGrant(await busy.config(), tokens.refresh_token ?? '');
    offset = 39 * day;
    expect((await busy.manage('GET')).status).toBe(200);
    offset = 40 * day + 1000;
    expect(at.identity.hasClient(busy.id)).toBe(false);
    await expect(
      client.refreshTokenGrant(await busy.config(), next.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('takes from a client nothing that is this server’s to say', async () => {
    const wanted = {
      client_id: 'web',
      client_secret: 'mine',
      first_party: true,
      loopback_redirects: true,
      trusted_peers: ['web'],
      own_groups: ['system:masters'],
      introspects: true,
      session_bound: true,
      registered: false,
    };
    const { id, secret, config } = await registered(wanted);
    expect([id === 'web', secret === 'mine']).toEqual([false, false]);
    const browser = door.browser();
    const attempt = await startAuthorization(await config(), {
      ...request,
      redirect_uri: 'http://127.0.0.1:1/',
    });
    expect((await browser.open(attempt.url)).status).toBe(400);
    const { url } = await startAuthorization(await config(), request);
    const page = await browser.submit(
      await browser.open(url),
      { username: 'jane', password: 'password' },
      '/login',
    );
    expect(page.body).toContain('/consent"');
    const { tokens } = await signInFor(await door.relyingParty('web', 'web-secret'), door.browser(), request);
    const introspected = await client.tokenIntrospection(await config(), tokens.access_token);
    expect(introspected).toEqual({ active: false });
  });

  it('fetches nothing, wherever a client wants it to', async () => {
    let asked = 0;
    const sink = createServer((_req, res) => {
      asked += 1;
      res.end('{}');
    });
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void sink.close());
    const { port } = sink.address() as { readonly port: number };
    const there = `http://127.0.0.1:${port}/`;
    for (const given of [
      { jwks_uri: there, token_endpoint_auth_method: 'private_key_jwt' },
      { sector_identifier_uri: there },
      { request_uris: [there] },
      { backchannel_logout_uri: there },
    ]) {
      const { status, body } = await register({ ...app, ...given });
      expect([status, body['error']], JSON.stringify(given)).toEqual([400, 'invalid_client_metadata']);
    }
    // What is only shown is not kept either: pages would have people's browsers fetch it.
    const { body } = await register({ ...app, logo_uri: there, policy_uri: there });
    expect(JSON.stringify(body)).not.toContain(there);
    expect(asked).toBe(0);
  });
});

describe('a registration is refused', () => {
  const redirect = (...uris: unknown[]) => ({ redirect_uris: uris });
  it.each<[string, unknown]>([
    ['none', { redirect_uris: undefined }],
    ['an empty list', redirect()],
    ['no list', { redirect_uris: webRedirect }],
    ['http elsewhere', redirect('http://app.example/')],
    ['http of a host that only looks like this machine', redirect('http://127.1/')],
    ['a fragment', redirect(`${webRedirect}#x`)],
    ['a wildcard', redirect('https://*.example/')],
    ['user information', redirect('https://a:b@app.example/')],
    ['a script', redirect('javascript:alert(1)')],
    ['data', redirect('data:text/html,x')],
    ['a scheme that anybody may have', redirect('myapp:/callback')],
    ['relative', redirect('/callback')],
    ['too long', redirect(`https://app.example/${'x'.repeat(1000)}`)],
    ['too many', redirect(...Array.from({ length: 11 }, (_, n) => `https://app.example/${n}`))],
    ['one that is wrong among others', redirect(webRedirect, 'ftp:x')],
  ])('for its redirect URIs: %s', async (_name, given) => {
    const { status, body } = await register({ ...app, ...(given as object) });
    expect([status, body['error']]).toEqual([400, 'invalid_redirect_uri']);
  });

  it.each<[string, object]>([
    ['a grant type for itself', { grant_types: ['authorization_code', 'client_credentials'] }],
    ['the password grant', { grant_types: ['authorization_code', 'password'] }],
    ['a device', { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }],
    ['implicit', { grant_types: ['implicit'] }],
    ['no way to sign in', { grant_types: ['refresh_token'] }],
    ['grant types that are none', { grant_types: 'authorization_code' }],
    ['a token from the authorization endpoint', { response_types: ['id_token'] }],
    ['a secret that signs', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['keys that are missing', { token_endpoint_auth_method: 'private_key_jwt' }],
    [
      'keys that are none',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'x' }] } },
    ],
    [
      'a private key',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] },
      },
    ],
    ['a subject of its own', { subject_type: 'pairwise' }],
    ['a long name', { client_name: 'x'.repeat(101) }],
    ['a name that turns others around', { client_name: 'App\u202e' }],
    ['a name of two lines', { client_name: 'App\nThis is safe' }],
    ['an empty name', { client_name: ' ' }],
  ])('for %s', async (_name, given) => {
    const { status, body } = await register({ ...app, ...given });
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata']);
  });

  it.each<[string, Sent, number]>([
    ['no JSON', { body: '{' }, 400],
    ['a list', { body: [] }, 400],
    ['a text', { body: '"x"' }, 400],
    ['a form', { body: 'client_name=x', type: 'application/x-www-form-urlencoded' }, 400],
    ['more than 16 kB', { body: { ...app, x: 'x'.repeat(17_000) } }, 413],
  ])('for its form: %s', async (_name, sent, status) => {
    const answer = await send(`${door.issuer}/register`, sent);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('error');
  });

  it.each(['GET', 'PUT', 'DELETE'])('by %s', async (method) => {
    const answer = await send(`${door.issuer}/register`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a registration (RFC 7592)', () => {
  it('is read with its own token only, and told without its secret', async () => {
    const [mine, other] = [await registered(), await registered()];
    const { status, body } = await mine.manage('GET');
    const { client_secret: _, client_secret_expires_at: __, ...rest } = mine.body;
    expect([status, body]).toEqual([200, rest]);
    for (const token of [other.token, '', mine.secret ?? '', mine.id])
      expect((await mine.manage('GET', undefined, token)).status).toBe(401);
    expect((await send(`${door.issuer}/register/kubectl`, { method: 'GET', token: mine.token })).status).toBe(
      401,
    );
  });

  it('is replaced as a whole, and what it was given stays', async () => {
    const { id, secret = '', manage, config } = await registered();
    const uri = 'https://app.example/other';
    const { status, body } = await manage('PUT', {
      client_id: id,
      redirect_uris: [uri],
      client_secret: secret,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_id: id, redirect_uris: [uri], grant_types: ['authorization_code'] });
    expect(body).not.toHaveProperty('client_name');
    const parameters = { ...request, redirect_uri: uri };
    await expect(signInFor(await config(), door.browser(), parameters)).resolves.toBeDefined();
    const old = await startAuthorization(await config(), request);
    expect((await door.browser().open(old.url)).status).toBe(400);
  });

  it('gets a secret when it wants one, and loses it when it does not', async () => {
    const { id, manage } = await registered({ token_endpoint_auth_method: 'none' });
    const basic = await manage('PUT', { ...app, client_id: id });
    expect(basic.body['client_secret']).toMatch(/^[\w-]{43}$/);
    const none = await manage('PUT', { ...app, client_id: id, token_endpoint_auth_method: 'none' });
    expect(none.body).not.toHaveProperty('client_secret');
    const again = await manage('PUT', { ...app, client_id: id });
    expect(again.body['client_secret']).not.toBe(basic.body['client_secret']);
  });

  it.each<[string, object, string]>([
    ['another id', { client_id: 'web' }, 'invalid_request'],
    ['no id', { client_id: undefined }, 'invalid_request'],
    ['another secret', { client_secret: 'mine' }, 'invalid_request'],
    ['its token', { registration_access_token: 'x' }, 'invalid_request'],
    ['its address', { registration_client_uri: 'x' }, 'invalid_request'],
    ['its age', { client_id_issued_at: 1 }, 'invalid_request'],
    ['the end of its secret', { client_secret_expires_at: 1 }, 'invalid_request'],
    ['what could not be registered', { redirect_uris: ['http://app.example/'] }, 'invalid_redirect_uri'],
  ])('is not changed by %s', async (_name, change, error) => {
    const { id, manage, body: before } = await registered();
    const { status, body } = await manage('PUT', { ...app, client_id: id, ...change });
    expect([status, body['error']]).toEqual([400, error]);
    expect((await manage('GET')).body['redirect_uris']).toEqual(before['redirect_uris']);
  });

  it('is removed by its client, and with it all that it could do', async () => {
    const { id, manage, config } = await registered();
    const relying = await config();
    const { tokens } = await signInFor(relying, door.browser(), request);
    expect((await manage('DELETE')).status).toBe(204);
    expect((await manage('GET')).status).toBe(401);
    expect(door.identity.hasClient(id)).toBe(false);
    await expect(client.refreshTokenGrant(relying, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_client',
    });
    await expect(client.fetchUserInfo(relying, tokens.access_token, jane.userID)).rejects.toThrow();
    const { url } = await startAuthorization(relying, request);
    expect((await door.browser().open(url)).status).toBe(400);
  });

  it('is on the trail', async () => {
    const before = door.events.length;
    const { id, manage } = await registered();
    await manage('PUT', { ...app, client_id: id });
    await manage('DELETE');
    await register({});
    const seen = door.events
      .slice(before)
      .map(({ action, subject, result, reason }) => ({ action, subject, result, reason }));
    expect(seen).toEqual([
      { action: 'client.register', subject: id, result: 'success', reason: undefined },
      { action: 'client.update', subject: id, result: 'success', reason: undefined },
      { action: 'client.delete', subject: id, result: 'success', reason: undefined },
      { action: 'client.register', subject: undefined, result: 'failure', reason: 'invalid_redirect_uri' },
    ]);
  });
});
