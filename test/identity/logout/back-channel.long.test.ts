import type { ServerResponse } from 'node:http';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClientConfigs } from '../../../src/identity/clients/client-configs.ts';
import { deliveryAttempts, openLogoutQueue } from '../../../src/identity/logout/logout-queue.ts';
import { startLogoutSender } from '../../../src/identity/logout/logout-sender.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { PATIENTLY } from '../../support/patiently.ts';
import {
  type Door,
  type DoorOptions,
  jane,
  loopback,
  openDoor,
  signInFor,
  webClient,
  webRedirect,
} from '../support/door.ts';
import { openRelyingPartyServer, type RelyingPartyServer } from '../support/relying-party-server.ts';

const otherRedirect = 'https://other.example/callback';
let web: RelyingPartyServer;
let other: RelyingPartyServer;
let door: Door;

function clients() {
  return [
    { ...webClient, backchannelLogoutURI: web.url },
    { id: 'other', secret: 'other-secret', redirectURIs: [otherRedirect], backchannelLogoutURI: other.url },
  ];
}

const open = (options: DoorOptions = {}) => openDoor({ clients: clients(), ...options });

beforeEach(async () => {
  web = await openRelyingPartyServer();
  other = await openRelyingPartyServer();
  door = await open();
});
afterEach(async () => {
  await door.close();
  await web.close();
  await other.close();
});

async function signInAt(id: 'web' | 'other', browser = door.browser(), scope = 'openid') {
  const config = await door.relyingParty(id, `${id}-secret`);
  const redirect_uri = id === 'web' ? webRedirect : otherRedirect;
  const { tokens } = await signInFor(config, browser, { redirect_uri, scope });
  return { config, browser, tokens, sid: String(tokens.claims()?.['sid']) };
}

async function signOut(browser: ReturnType<Door['browser']>): Promise<void> {
  await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
}

const sids = ({ received }: RelyingPartyServer) => received.map(({ token }) => decodeJwt(token)['sid']);
const logged = (text: string) => door.log.filter(({ message }) => message.includes(text));

describe('back-channel logout', () => {
  it('is announced in discovery', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    expect(config.serverMetadata()).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });

  it('S-093: tells each client that the person had signed in to, with a token as the specification has it', async () => {
    const first = await signInAt('web');
    const second = await signInAt('other', first.browser);
    await signOut(first.browser);
    await Promise.all([web.receivedCount(1), other.receivedCount(1)]);
    expect([sids(web), sids(other)]).toEqual([[first.sid], [second.sid]]);
    const [{ contentType, token } = { contentType: '', token: '' }] = web.received;
    expect(contentType).toBe('application/x-www-form-urlencoded');
    const keys = createLocalJWKSet({ keys: [...door.identity.jwks().keys] });
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: door.issuer,
      audience: 'web',
      typ: 'logout+jwt',
    });
    expect(protectedHeader.alg).toBe('RS256');
    const { iat = 0, exp = 0, jti, ...rest } = payload;
    expect(rest).toEqual({
      iss: door.issuer,
      aud: 'web',
      sub: jane.userID,
      sid: first.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(exp - iat).toBeLessThanOrEqual(120);
    expect(jti).toMatch(/^[\w-]{20,}$/);
    expect(decodeJwt(other.received[0]?.token ?? '').jti).not.toBe(jti);
  });

  it("names the person as the client's ID tokens do", async () => {
    const { port } = door;
    await door.close();
    door = await open({ port, subjectEncoding: 'dex' });
    const { browser, tokens } = await signInAt('web');
    await signOut(browser);
    await web.receivedCount(1);
    expect(tokens.claims()?.sub).not.toBe(jane.userID);
    expect(decodeJwt(web.received[0]?.token ?? '').sub).toBe(tokens.claims()?.sub);
  });

  it('S-049: leaves a refresh token with offline_access alone; its client is told that the browser is signed out', async () => {
    const { browser, config, tokens, sid } = await signInAt('web', door.browser(), 'openid offline_access');
    await signOut(browser);
    await web.receivedCount(1);
    expect(sids(web)).toEqual([sid]);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).resolves.toBeDefined();
    expect(door.identity.isEnded(sid)).toBe(false);
  });

  it('is sent once when a session is ended by an admin, with its account, by revocation or by reuse of a token', async () => {
    const offline = () => signInAt('web', door.browser(), 'openid offline_access');
    const expected: string[] = [];
    const ended = async (sid: string) => {
      expected.push(sid);
      await web.receivedCount(expected.length);
      expect(sids(web)).toEqual(expected);
    };
    const byAdmin = await offline();
    await door.identity.sessions.end(byAdmin.sid);
    await ended(byAdmin.sid);

    const revoked = await offline();
    await client.tokenRevocation(revoked.config, revoked.tokens.refresh_token ?? '');
    await ended(revoked.sid);

    const stolen = await offline();
    const next = await client.refreshTokenGrant(stolen.config, stolen.tokens.refresh_token ?? '');
    await client.refreshTokenGrant(stolen.config, next.refresh_token ?? '');
    await expect(
      client.refreshTokenGrant(stolen.config, stolen.tokens.refresh_token ?? ''),
    ).rejects.toThrow();
    await ended(stolen.sid);

    const withAccount = await signInAt('web');
    await door.identity.sessions.endAllOf(jane.userID);
    await ended(withAccount.sid);
  });

  it('goes to the address that the configuration has now', async () => {
    const { browser, sid } = await signInAt('web');
    const moved = [{ ...webClient, backchannelLogoutURI: other.url }];
    await door.identity.reload({ clients: moved, passwords: [jane] });
    await signOut(browser);
    await other.receivedCount(1);
    expect([sids(web), sids(other)]).toEqual([[], [sid]]);
  });

  it('tells nobody who did not ask for it', async () => {
    const kubectl = await door.relyingParty('kubectl');
    const browser = door.browser();
    await signInFor(kubectl, browser, { redirect_uri: loopback, scope: 'openid offline_access' });
    await door.identity.sessions.endAllOf(jane.userID);
    expect((await door.store.list('identity/logout/')).entries).toEqual([]);
  });

  it('keeps nobody waiting for a client that does not answer', async () => {
    const held: ServerResponse[] = [];
    web.answer((_req, res) => void held.push(res));
    const { browser } = await signInAt('web');
    await signOut(browser);
    await web.receivedCount(1);
    // Who waits for an answer closes the connection when there is none in time.
    expect(held.map(({ closed }) => closed)).toEqual([false]);
    expect((await door.store.list('identity/logout/')).entries.length).toBeGreaterThan(0);
  });

  it('T6: is tried again, over a restart too, until the client has taken it; a redirect is no answer', async () => {
    web.answer((_req, res) => void res.writeHead(302, { location: other.url }).end());
    const { browser, sid } = await signInAt('web');
    await signOut(browser);
    await web.receivedCount(1);
    await vi.waitFor(() => expect(logged('it is tried again')).toHaveLength(1), PATIENTLY);
    const { store, port } = door;
    await door.close();
    web.answer((_req, res) => void res.writeHead(204).end());
    door = await open({ store, port });
    await web.receivedCount(2);
    expect(sids(web)).toEqual([sid, sid]);
    await vi.waitFor(
      async () => expect((await store.list('identity/logout/')).entries).toEqual([]),
      PATIENTLY,
    );
    expect(logged('client told of a sign-out')).toHaveLength(1);
    expect(other.received).toEqual([]);
  });

  it('takes an endless answer for an answer, and reads no more than a little of it', async () => {
    web.answer((_req, res) => {
      res.writeHead(200);
      const write = () => {
        while (!res.destroyed && res.write('x'.repeat(16_384)));
      };
      res.on('drain', write);
      write();
    });
    const { browser } = await signInAt('web');
    await signOut(browser);
    await vi.waitFor(() => expect(logged('client told of a sign-out')).toHaveLength(1), PATIENTLY);
  });
});

describe('a client that never takes it', () => {
  it('is given up in the end, with a line in the log', async () => {
    let now = Date.now();
    const store = createMemoryStore({ now: () => now });
    const log: string[] = [];
    const keep = (_fields: object, message: string) => void log.push(message);
    const quiet = { info: keep, warn: keep, error: keep };
    const told = createClientConfigs(clients());
    const queue = await openLogoutQueue({ store, clients: told, log: quiet, now: () => now });
    await queue.tell({ accountId: 'id-jane', clientId: 'web', sid: 's' });
    for (let attempt = 1; attempt < deliveryAttempts; attempt++) {
      const claim = await queue.items.claim(1, 1000);
      await claim.retry(claim.items);
      await claim.end();
      now += 60 * 60_000;
    }
    web.answer((_req, res) => void res.writeHead(400).end());
    const sender = startLogoutSender({ queue, log: quiet, sign: async () => 'token' });
    await web.receivedCount(1);
    await vi.waitFor(
      () => expect(log).toContain('a client could not be told of a sign-out; it is given up'),
      PATIENTLY,
    );
    await vi.waitFor(async () => expect(await queue.items.deadLetters(10)).toHaveLength(1), PATIENTLY);
    expect(queue.items.size().items).toBe(0);
    await sender.close();
    await store.close();
  });
});
