import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { request } from 'undici';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, openSqliteStore, type Store } from '../../src/store/index.ts';
import { type Door, type DoorOptions, dump, jane, loopback, openDoor, signInFor } from './support/door.ts';

const invalidGrant = { error: 'invalid_grant' };
const minute = 60_000;
const day = 24 * 60 * minute;

const directory = mkdtempSync(join(tmpdir(), 'reuse-'));
afterAll(() => rm(directory, { recursive: true }));
let databases = 0;
const stores: Record<string, () => Promise<Store>> = {
  memory: async () => createMemoryStore(),
  SQLite: () => openSqliteStore({ file: join(directory, `${databases++}.db`) }),
};

describe.each(Object.entries(stores))('a refresh token on two processes, on %s', (_name, openStore) => {
  let store: Store;
  let doors: readonly Door[] = [];
  let offset: number;

  async function start(refreshTokens: NonNullable<DoorOptions['expiry']>['refreshTokens']) {
    const options = { store, now: () => Date.now() + offset, expiry: { refreshTokens } };
    const one = await openDoor(options);
    const other = await openDoor({ ...options, publicIssuer: one.issuer });
    doors = [one, other];
    const config = await one.relyingParty('kubectl');
    const { tokens } = await signInFor(config, one.browser(), {
      redirect_uri: loopback,
      scope: 'openid offline_access',
    });
    /** Presents a token at one of the processes; the new refresh token or the error. */
    async function refresh(token: string, at: Door = one): Promise<string> {
      const { body } = await request(`http://127.0.0.1:${at.port}/token`, {
        method: 'POST',
        // As a load balancer in front of both would send it.
        headers: {
          host: new URL(one.issuer).host,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'kubectl',
          refresh_token: token,
        }).toString(),
      });
      const answer = (await body.json()) as Record<string, string>;
      return answer['refresh_token'] ?? answer['error'] ?? '';
    }
    return { one, other, config, first: tokens.refresh_token ?? '', tokens, refresh };
  }

  beforeEach(async () => {
    offset = 0;
    store = await openStore();
  });
  afterEach(async () => {
    for (const door of doors) await door.close();
    await store.close();
  });

  const living = async () =>
    (await store.list('identity/oidc/record/RefreshToken/')).entries.filter(
      ({ value }) => !value.includes('"consumed"'),
    ).length;

  it('S-036: leads a retry to the same successor, again and again, and to no second one', async () => {
    const { other, first, refresh } = await start({});
    const second = await refresh(first);
    expect(second).toMatch(/^[0-9a-z]{9}[\w-]{43}$/);
    offset = 29_000;
    expect(await refresh(first, other)).toBe(second);
    expect(await refresh(first)).toBe(second);
    expect(await living()).toBe(1);
    expect(await refresh(second, other)).not.toBe('invalid_grant');
  });

  it('S-035: is a theft once its successor has been used: all of the family ends', async () => {
    const { other, first, refresh, tokens, config } = await start({});
    const second = await refresh(first);
    const third = await refresh(second, other);
    expect(await refresh(first)).toBe('invalid_grant');
    expect(await refresh(third)).toBe('invalid_grant');
    expect(await refresh(second)).toBe('invalid_grant');
    await expect(client.fetchUserInfo(config, tokens.access_token, jane.userID)).rejects.toThrow();
  });

  it.each([
    ['the interval is over', {}, 30_000],
    ['a shorter one is over', { reuseInterval: 3000 }, 3000],
    ['there is none', { reuseInterval: 0 }, 0],
  ])('S-036: is a theft when %s', async (_case, settings, later) => {
    const { first, refresh } = await start(settings);
    const second = await refresh(first);
    offset = later;
    expect(await refresh(first)).toBe('invalid_grant');
    expect(await refresh(second)).toBe('invalid_grant');
  });

  it('S-036: replays of the old one beside uses of the new one never leave two living tokens', async () => {
    const { one, other, first, refresh } = await start({});
    const second = await refresh(first);
    const answers = await Promise.all([
      refresh(second, one),
      ...Array.from({ length: 10 }, () => refresh(first, other)),
      refresh(second, other),
    ]);
    expect(await living()).toBeLessThanOrEqual(1);
    const known = new Set(['invalid_grant', second, answers[0], answers.at(-1)]);
    expect(answers.filter((answer) => !known.has(answer))).toEqual([]);
  });

  it('S-038: a retry extends nothing: idle and absolute lifetimes hold', async () => {
    const { first, refresh } = await start({ validIfNotUsedFor: 2 * minute, absoluteLifetime: 3 * minute });
    const second = await refresh(first);
    offset = 20_000;
    expect(await refresh(first)).toBe(second);
    offset = 2 * minute + 1000;
    expect(await refresh(second)).toBe('invalid_grant');
    offset = 0;
  });

  it('is in the store as a hash only, like its successor', async () => {
    const { first, refresh } = await start({});
    const second = await refresh(first);
    const text = await dump(store);
    expect(text.includes(first)).toBe(false);
    expect(text.includes(second)).toBe(false);
  });
});

describe('S-037: after a restart', () => {
  it('a retry still gets the same successor', async () => {
    const store = createMemoryStore();
    const before = await openDoor({ store });
    const config = await before.relyingParty('kubectl');
    const { tokens } = await signInFor(config, before.browser(), {
      redirect_uri: loopback,
      scope: 'openid offline_access',
    });
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await before.close();
    const after = await openDoor({ store, port: before.port });
    try {
      const again = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(again.refresh_token).toBe(second.refresh_token);
      expect(again.access_token).not.toBe(second.access_token);
    } finally {
      await after.close();
    }
  });

  it('the absolute lifetime counts from the sign-in, however often it was used', async () => {
    // Stands still from the sign-in on: on a slow machine seconds go by.
    let signedInAt: number | undefined;
    let offset = 0;
    const door = await openDoor({
      now: () => (signedInAt ?? Date.now()) + offset,
      expiry: { refreshTokens: { validIfNotUsedFor: day, absoluteLifetime: 2 * day } },
    });
    try {
      const config = await door.relyingParty('kubectl');
      const { tokens } = await signInFor(config, door.browser(), {
        redirect_uri: loopback,
        scope: 'openid offline_access',
      });
      signedInAt = Date.now();
      offset = 0.9 * day;
      const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      offset = 1.8 * day;
      const third = await client.refreshTokenGrant(config, second.refresh_token ?? '');
      // Whoever refreshes all the time gets no second more out of a rounded one.
      offset = 2 * day - 4000;
      const last = await client.refreshTokenGrant(config, third.refresh_token ?? '');
      let token = last.refresh_token ?? '';
      const refreshed = async (at: number) => {
        offset = at;
        token = (await client.refreshTokenGrant(config, token)).refresh_token ?? '';
      };
      await expect(
        (async () => {
          for (let at = 2 * day - 3750; at < 2 * day + 3000; at += 250) await refreshed(at);
        })(),
      ).rejects.toMatchObject(invalidGrant);
      expect(offset).toBeLessThan(2 * day + 1250);
      offset = 2 * day + 1000;
      await expect(client.refreshTokenGrant(config, third.refresh_token ?? '')).rejects.toMatchObject(
        invalidGrant,
      );
    } finally {
      await door.close();
    }
  });
});
