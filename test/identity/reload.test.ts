import { hashSync } from '@node-rs/bcrypt';
import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { usualGrantTypes } from '../../src/identity/clients/grant-types.ts';
import { createMemoryStore } from '../../src/store/index.ts';
import { askForCode, poll } from './device/support.ts';
import {
  bob,
  type Door,
  jane,
  openDoor,
  postToken,
  signInFor,
  startAuthorization,
  webClient,
  webRedirect,
} from './support/door.ts';

const request = { redirect_uri: webRedirect, scope: 'openid email groups offline_access' };
const next = { id: 'next', secret: 'next-secret', redirectURIs: ['https://next.example/cb'] };
const gone = { error: 'invalid_grant' };

async function withDoor(use: (door: Door) => Promise<void>): Promise<void> {
  const door = await openDoor();
  try {
    await use(door);
  } finally {
    await door.close();
  }
}

const errorOf = async (door: Door, config: client.Configuration, parameters: Record<string, string>) => {
  const { url } = await startAuthorization(config, parameters);
  const page = await door.browser().request(url);
  return { status: page.status, location: page.headers.get('location') ?? '' };
};

const same = { clients: [webClient], passwords: [jane, bob] };

describe('lifetimes that change while the door is open', () => {
  it('count for what is issued from then on', async () => {
    await withDoor(async (door) => {
      const config = await door.relyingParty('web', 'web-secret');
      const { tokens } = await signInFor(config, door.browser(), request);
      const lifetime = ({ claims }: client.TokenEndpointResponseHelpers) =>
        Number(claims()?.exp) - Number(claims()?.iat);
      expect([lifetime(tokens), tokens.expires_in]).toEqual([86_400, 3600]);
      const expiry = { idTokens: 600_000, deviceRequests: 60_000, refreshTokens: { reuseInterval: 0 } };
      await door.identity.reload({ ...same, expiry });
      const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect([lifetime(next), next.expires_in]).toEqual([600, 600]);
      const device = await client.initiateDeviceAuthorization(await door.relyingParty('kubectl'), {
        scope: 'openid',
      });
      expect(device.expires_in).toBe(60);
      // Of the interval in which a used token may come again, nothing is left.
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(gone);
    });
  });

  it('hold what was issued before to the new absolute lifetime', async () => {
    await withDoor(async (door) => {
      const config = await door.relyingParty('web', 'web-secret');
      const { tokens } = await signInFor(config, door.browser(), request);
      await door.identity.reload({ ...same, expiry: { refreshTokens: { absoluteLifetime: 1 } } });
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(gone);
    });
  });
});

describe('looks that change while the door is open', () => {
  it('are those of the next page', async () => {
    await withDoor(async (door) => {
      const open = () => door.browser().open(`${door.issuer}/`);
      const sheet = /href="([^"]*accent\.css[^"]*)"/;
      const logo = 'https://logos.example/acme.png';
      expect((await open()).body).not.toMatch(sheet);
      const frontend = {
        issuer: 'ACME',
        accentColor: '#cc0044',
        logoURL: logo,
        supportURL: 'mailto:help@acme.example',
        theme: 'dark' as const,
        notice: { en: 'Use your work account.' },
      };
      await door.identity.reload({ ...same, frontend });
      const { title, body } = await open();
      expect(title).toContain('ACME');
      expect(body).toContain(`src="${logo}"`);
      expect(body).toContain('href="mailto:help@acme.example"');
      expect(body).toContain('data-theme="dark"');
      const { url } = await startAuthorization(await door.relyingParty('web', 'web-secret'), request);
      expect((await door.browser().open(url)).body).toContain('Use your work account.');
      const [, path = ''] = sheet.exec(body) ?? [];
      const colours = await fetch(`${door.issuer}${path}`);
      expect(await colours.text()).toContain('#cc0044');
      const policy = (await fetch(`${door.issuer}/`)).headers.get('content-security-policy');
      expect(policy).toContain('https://logos.example');
      await door.identity.reload(same);
      const again = await open();
      expect(again.title).toContain('Sallyport');
      expect(again.body).not.toMatch(sheet);
      expect((await fetch(`${door.issuer}${path}`)).status).toBe(404);
    });
  });
});

describe('ways to get tokens that change while the door is open', () => {
  const registration = {
    initialAccessToken: 'an-initial-access-token-of-enough-characters',
    maxClients: 10,
    unusedFor: 86_400_000,
  };
  const app = { redirect_uris: [webRedirect], grant_types: ['authorization_code', 'refresh_token'] };
  const password = [...usualGrantTypes, 'password'];
  const asked = {
    ...{ grant_type: 'password', username: 'jane', password: 'password', scope: 'openid offline_access' },
    ...{ client_id: 'web', client_secret: 'web-secret' },
  };

  async function register(door: Door, token = registration.initialAccessToken) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${door.issuer}/register`, {
      ...{ method: 'POST', headers, body: JSON.stringify(app) },
    });
    const body = answer.status === 201 ? ((await answer.json()) as Record<string, string>) : {};
    return { status: answer.status, id: body['client_id'] ?? '', secret: body['client_secret'] };
  }

  it('take the password grant in, and let it go again: what came of it goes on', async () => {
    await withDoor(async (door) => {
      const unsupported = { status: 400, body: { error: 'unsupported_grant_type' } };
      expect(await postToken(door, asked)).toMatchObject(unsupported);
      await door.identity.reload({ ...same, grantTypes: password });
      const config = await door.relyingParty('web', 'web-secret');
      expect(config.serverMetadata().grant_types_supported).toEqual(password);
      const { status, body } = await postToken(door, asked);
      expect([status, body['token_type']]).toEqual([200, 'Bearer']);
      const warned = () =>
        door.log.filter(({ message }) => message.startsWith('the password grant is served'));
      await door.identity.reload({ ...same, grantTypes: password });
      expect(warned()).toHaveLength(1);
      await door.identity.reload(same);
      expect(await postToken(door, asked)).toMatchObject(unsupported);
      const next = await client.refreshTokenGrant(config, String(body['refresh_token']));
      expect(next.claims()?.sub).toBe(jane.userID);
    });
  });

  it('refuse devices, also those whose code was given before, until they are let in again', async () => {
    await withDoor(async (door) => {
      const { body: device } = await askForCode(door);
      const metadata = async () => (await door.relyingParty('kubectl')).serverMetadata();
      await door.identity.reload({ ...same, grantTypes: ['authorization_code', 'refresh_token'] });
      expect((await metadata()).device_authorization_endpoint).toBeUndefined();
      expect(await poll(door, device.device_code)).toMatchObject({
        body: { error: 'unsupported_grant_type' },
      });
      expect(await askForCode(door)).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
      await door.identity.reload(same);
      expect((await metadata()).device_authorization_endpoint).toBe(`${door.issuer}/device/code`);
      expect(await poll(door, device.device_code)).toMatchObject({
        body: { error: 'authorization_pending' },
      });
    });
  });

  it('let clients register, by the token of now; what has registered counts while it is served', async () => {
    await withDoor(async (door) => {
      expect((await register(door)).status).toBe(404);
      await door.identity.reload({ ...same, registration });
      const { id, secret, status } = await register(door);
      expect(status).toBe(201);
      const config = await door.relyingParty(id, secret);
      expect(config.serverMetadata().registration_endpoint).toBe(`${door.issuer}/register`);
      const { tokens } = await signInFor(config, door.browser(), request);

      const other = { ...registration, initialAccessToken: 'another-initial-access-token-of-some-length' };
      await door.identity.reload({ ...same, registration: other });
      expect((await register(door)).status).toBe(401);
      expect((await register(door, other.initialAccessToken)).status).toBe(201);

      await door.identity.reload(same);
      expect((await register(door, other.initialAccessToken)).status).toBe(404);
      expect([door.identity.hasClient(id), door.identity.clients().map(({ source }) => source)]).toEqual([
        false,
        expect.not.arrayContaining(['registered']),
      ]);
      const refresh = () => client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      await expect(refresh()).rejects.toMatchObject({ error: 'invalid_client' });
      const { registration_endpoint } = (await door.relyingParty('kubectl')).serverMetadata();
      expect(registration_endpoint).toBeUndefined();

      await door.identity.reload({ ...same, registration });
      expect((await refresh()).claims()?.aud).toBe(id);
    });
  });

  it('stay as they were when a client does not fit', async () => {
    await withDoor(async (door) => {
      const wrong = { ...same, clients: [{ ...next, redirectURIs: ['nonsense'] }] };
      await expect(door.identity.reload({ ...wrong, grantTypes: password, registration })).rejects.toThrow(
        /is not an absolute URI/,
      );
      expect(await postToken(door, asked)).toMatchObject({ body: { error: 'unsupported_grant_type' } });
      expect((await register(door)).status).toBe(404);
    });
  });
});

describe('clients and accounts that change while the door is open', () => {
  it('are there at once, with their scopes and claims', async () => {
    await withDoor(async (door) => {
      const clients = [
        { ...webClient, trustedPeers: ['next'] },
        { ...next, claimMappings: [{ claim: 'team', expression: "'blue'" }] },
      ];
      await door.identity.reload({ clients, passwords: [jane, bob] });
      const config = await door.relyingParty('next', 'next-secret');
      const { tokens } = await signInFor(config, door.browser(), {
        redirect_uri: 'https://next.example/cb',
        scope: 'openid audience:server:client_id:web',
      });
      expect(tokens.claims()).toMatchObject({ aud: ['web', 'next'], azp: 'next', team: 'blue' });
    });
  });

  it('are gone at once, with what they had', async () => {
    await withDoor(async (door) => {
      const config = await door.relyingParty('web', 'web-secret');
      const { tokens } = await signInFor(config, door.browser(), request);
      await door.identity.reload({ clients: [webClient], passwords: [bob] });
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(gone);
      await door.identity.reload({ clients: [next], passwords: [jane, bob] });
      expect((await errorOf(door, config, request)).status).toBe(400);
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_client',
      });
    });
  });

  it('keep what they had when another key of theirs changes, under the new rules', async () => {
    await withDoor(async (door) => {
      const config = await door.relyingParty('web', 'web-secret');
      const { tokens } = await signInFor(config, door.browser(), request);
      const filtered = { ...webClient, groupFilter: { prefix: 'dev' } };
      await door.identity.reload({ clients: [filtered], passwords: [jane, bob] });
      const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(second.claims()).toMatchObject({ groups: ['developers'] });
      const closed = { ...webClient, allowedGroups: ['nobody'] };
      await door.identity.reload({ clients: [closed], passwords: [jane, bob] });
      await expect(client.refreshTokenGrant(config, second.refresh_token ?? '')).rejects.toMatchObject(gone);
    });
  });

  it('sign out whoever gets another password in the file, there and at the next start, and nobody else', async () => {
    const store = createMemoryStore();
    const changed = { ...jane, hash: hashSync('another', 4) };
    const door = await openDoor({ store });
    const config = await door.relyingParty('web', 'web-secret');
    const his = await signInFor(config, door.browser(), request, {
      username: 'bob@example.com',
      password: 'password',
    });
    const hers = await signInFor(config, door.browser(), request);
    const sid = String(hers.tokens.claims()?.['sid']);
    const clients = [webClient];
    await door.identity.reload({ clients, passwords: [jane, bob] });
    expect(door.identity.isEnded(sid)).toBe(false);
    await door.identity.reload({ clients, passwords: [changed, bob] });
    expect(door.identity.isEnded(sid)).toBe(true);
    await expect(client.refreshTokenGrant(config, hers.tokens.refresh_token ?? '')).rejects.toMatchObject(
      gone,
    );
    const again = await client.refreshTokenGrant(config, his.tokens.refresh_token ?? '');
    await door.close();

    const same = await openDoor({ store, passwords: [changed, bob], port: door.port });
    expect(same.identity.isEnded(String(again.claims()?.['sid']))).toBe(false);
    await same.close();
    const next = await openDoor({ store, passwords: [changed], port: door.port });
    expect(next.identity.isEnded(String(again.claims()?.['sid']))).toBe(true);
    await next.close();
  });

  it.each([
    ['two clients of one id', { clients: [next, next], passwords: [jane] }, /two clients have the id next/],
    [
      'a redirect URI that is none',
      { clients: [{ ...next, redirectURIs: ['nonsense'] }], passwords: [jane] },
      /is not an absolute URI/,
    ],
    [
      'an expression that does not compile',
      { clients: [{ ...next, claimMappings: [{ claim: 'a', expression: '(' }] }], passwords: [jane] },
      /the expression of a/,
    ],
    [
      'two accounts of one login',
      { clients: [next], passwords: [jane, { ...bob, email: jane.email }] },
      /two accounts/,
    ],
  ])('are refused as a whole for %s', async (_what, wrong, message) => {
    await withDoor(async (door) => {
      await expect(door.identity.reload(wrong)).rejects.toThrow(message);
      const config = await door.relyingParty('web', 'web-secret');
      const { tokens } = await signInFor(config, door.browser(), request);
      expect(tokens.claims()).toMatchObject({ sub: jane.userID });
      const unknown = await errorOf(door, await door.relyingParty('next', 'next-secret'), {
        redirect_uri: 'https://next.example/cb',
        scope: 'openid',
      });
      expect(unknown.status).toBe(400);
    });
  });
});
