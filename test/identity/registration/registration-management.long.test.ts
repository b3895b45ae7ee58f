import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, jane, signInFor, startAuthorization } from '../support/door.ts';
import { app, openToAll, registerAt, registeredAt, request, send } from './support.ts';

let door: Door;
beforeAll(async () => {
  door = await openToAll();
});
afterAll(() => door.close());
const register = (body: unknown, at = door, token?: string) => registerAt(at, body, token);
const registered = (more: object = {}, at = door) => registeredAt(at, more);

type Registered = Awaited<ReturnType<typeof registered>>;

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

  it.each<[string, string | undefined, (client: Registered) => Promise<unknown>]>([
    ['its client', undefined, ({ manage }) => manage('DELETE')],
    ['an operator', 'cli:root', ({ id }) => door.identity.removeClient(id, { name: 'cli:root' })],
  ])('ends what people have going with it when %s removes it, and nothing else', async (_who, actor, end) => {
    const [gone, other] = [await registered(), await registered()];
    const sid = async ({ config }: Registered) =>
      String((await signInFor(await config(), door.browser(), request)).tokens.claims()?.['sid']);
    const [ended, left] = [await sid(gone), await sid(other)];
    const before = door.events.length;
    await end(gone);
    expect([door.identity.isEnded(ended), door.identity.isEnded(left)]).toEqual([true, false]);
    const listed = (await door.identity.sessions.list(jane.userID)).flatMap(({ clients }) => clients);
    expect([listed.includes(gone.id), listed.includes(other.id)]).toEqual([false, true]);
    const by = actor === undefined ? { client: gone.id, address: expect.any(String) } : { actor };
    expect(door.events.slice(before)).toMatchObject([
      { action: 'session.end', result: 'success', detail: 'client', subject: jane.userID, sid: ended, ...by },
      { action: 'client.delete', result: 'success', subject: gone.id, ...by },
    ]);
  });

  it('leaves nothing of what was on its way when it was removed', async () => {
    const browser = door.browser();
    for (let round = 0; round < 12; round += 1) {
      const { id, manage, config } = await registered();
      const relying = await config();
      const { tokens } = await signInFor(relying, browser, request);
      const { url } = await startAuthorization(relying, { ...request, prompt: 'none' });
      const under = [browser.request(url), client.refreshTokenGrant(relying, tokens.refresh_token ?? '')];
      // Each round a little later.
      for (let turn = 0; turn < round * 3; turn += 1) await new Promise(setImmediate);
      await manage('DELETE');
      await Promise.allSettled(under);
      const listed = (await door.identity.sessions.list(jane.userID)).flatMap(({ clients }) => clients);
      expect(listed).not.toContain(id);
    }
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
