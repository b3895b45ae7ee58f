import { createServer } from 'node:http';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Door, type DoorOptions, openDoor, signInFor, startAuthorization } from '../support/door.ts';
import {
  app,
  day,
  initialAccessToken,
  openToAll,
  registerAt,
  registeredAt,
  registration,
  request,
  send,
} from './support.ts';

let door: Door;
beforeAll(async () => {
  door = await openToAll();
});
afterAll(() => door.close());
const register = (body: unknown, at = door, token?: string) => registerAt(at, body, token);
const registered = (more: object = {}, at = door) => registeredAt(at, more);

async function open(options: DoorOptions = {}): Promise<Door> {
  const opened = await openDoor({ registration, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

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

  it('is not guessed at, or flooded: 20 requests of a host, whichever replica gets them, and one more every 15 seconds', async () => {
    const two = await openToAll(2);
    onTestFinished(() => two.close());
    const address = '198.51.100.1';
    const url = `${two.issuer}/register`;
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

  it('takes along what people gave to a client that is not used any more', async () => {
    let offset = 0;
    const at = await open({
      registration: { ...registration, unusedFor: 2 * day },
      now: () => Date.now() + offset,
    });
    const { config } = await registered({}, at);
    const { tokens } = await signInFor(await config(), at.browser(), request);
    const sid = String(tokens.claims()?.['sid']);
    offset = 2 * day + 1000;
    expect(at.identity.isEnded(sid)).toBe(false);
    for (const set of at.identity.expiring) await set.collect(100);
    expect(at.identity.isEnded(sid)).toBe(true);
  });

  it('ends within an hour for who is never used, where everybody may register', async () => {
    let offset = 0;
    const everybody = { ...registration, initialAccessToken: undefined };
    const at = await open({ registration: everybody, now: () => Date.now() + offset });
    const { id } = await registered({}, at);
    offset = 59 * 60_000;
    expect(at.identity.hasClient(id)).toBe(true);
    offset = 61 * 60_000;
    expect(at.identity.hasClient(id)).toBe(false);
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
