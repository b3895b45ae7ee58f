import { hashSync } from '@node-rs/bcrypt';
import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/index.ts';
import {
  bob,
  type Door,
  jane,
  openDoor,
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
