import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqliteStore, type Store, startHousekeeping } from '../../src/store/index.ts';
import {
  type Door,
  loopback,
  openDoor,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from './support/door.ts';

const minute = 60_000;
const batchSize = 10;
const directory = mkdtempSync(join(tmpdir(), 'abandoned-'));
afterAll(() => rm(directory, { recursive: true }));

let store: Store;
let door: Door;
/** How many keys each transaction touched. */
let touched: number[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const sqlite = await openSqliteStore({ file: join(directory, 'state.db') });
  touched = [];
  store = {
    ...sqlite,
    txn(conditions, writes) {
      touched.push(writes.length);
      return sqlite.txn(conditions, writes);
    },
  };
  door = await openDoor({ store });
});
afterEach(async () => {
  await door.close();
  await store.close();
  vi.useRealTimers();
});

/** What is in the store beside keys and accounts, which nobody can add to without signing in. */
async function leftovers(): Promise<string[]> {
  const { entries } = await store.list('identity/');
  return entries
    .map(({ key }) => key)
    .filter((key) => !/^identity\/(?:keys|users|logins|groups|statics|static-holders)\//.test(key));
}

describe('T18: 100 sign-ins that nobody ends, on SQLite', () => {
  it('leave nothing behind after their lifetime, and are collected in small batches', async () => {
    const kubectl = await door.relyingParty('kubectl');
    const web = await door.relyingParty('web', 'web-secret');
    for (let index = 0; index < 100; index++) {
      vi.setSystemTime(Date.now() + 1000);
      const config = index % 2 === 0 ? kubectl : web;
      const redirect_uri = index % 2 === 0 ? loopback : webRedirect;
      const { url } = await startAuthorization(config, { redirect_uri, scope: 'openid offline_access' });
      const browser = door.browser();
      if (index % 3 === 0) {
        await browser.request(url);
      } else {
        const page = await browser.open(url);
        expect(page.status).toBe(200);
        if (index % 30 === 1)
          await browser.submit(page, { username: `nobody-${index}`, password: 'x' }, '/login');
      }
    }
    expect((await leftovers()).length).toBeGreaterThan(100);

    vi.setSystemTime(Date.now() + 7 * 24 * 60 * minute);
    touched = [];
    const housekeeping = startHousekeeping({
      store,
      expiring: door.identity.expiring,
      now: Date.now,
      onError: (error) => expect.unreachable(String(error)),
      batchSize,
      batchesPerRound: 5,
    });
    let rounds = 0;
    while ((await leftovers()).length > 0 && rounds < 50) {
      await housekeeping.run();
      rounds += 1;
    }
    await housekeeping.close();
    expect(await leftovers()).toEqual([]);
    expect(rounds).toBeGreaterThan(1);
    // An index entry and its record each.
    expect(Math.max(...touched)).toBeLessThanOrEqual(2 * batchSize);
  });
});

/** Round after round, as it is in operation: what expires earlier is gone earlier. @param apart minutes between two rounds */
async function keepHouseFor(rounds: number, apart = 1): Promise<void> {
  const housekeeping = startHousekeeping({
    store,
    expiring: door.identity.expiring,
    now: Date.now,
    onError: (error) => expect.unreachable(String(error)),
  });
  for (let n = 0; n < rounds; n++) {
    vi.setSystemTime(Date.now() + apart * minute);
    await housekeeping.run();
  }
  await housekeeping.close();
}

describe('a code that nobody redeems', () => {
  const request = { redirect_uri: webRedirect, scope: 'openid offline_access' };

  it('leaves its grant for as long as it could be redeemed, not for as long as tokens live', async () => {
    const web = await door.relyingParty('web', 'web-secret');
    const redeemed = await signInFor(web, door.browser(), request);
    const attempt = await startAuthorization(web, request);
    const abandoned = await walk(door.browser(), attempt.url);
    expect(abandoned.url).toContain('code=');
    const grants = async () => (await leftovers()).filter((key) => key.includes('record/Grant/')).length;
    expect(await grants()).toBe(2);

    await keepHouseFor(10);
    expect(await grants()).toBe(1);
    // The other one goes on for as long as its tokens.
    vi.setSystemTime(Date.now() + 13 * 24 * 60 * minute);
    const refreshed = await client.refreshTokenGrant(web, redeemed.tokens.refresh_token ?? '');
    expect(refreshed.refresh_token).toBeDefined();
  });

  it('is no end of a session that goes on by its refresh tokens, each good for as long as it is', async () => {
    const web = await door.relyingParty('web', 'web-secret');
    const { tokens } = await signInFor(web, door.browser(), request);
    let refreshToken = tokens.refresh_token;
    for (let refresh = 0; refresh < 3; refresh++) {
      await keepHouseFor(13 * 24, 60);
      refreshToken = (await client.refreshTokenGrant(web, refreshToken ?? '')).refresh_token;
    }
    expect(refreshToken).toBeDefined();
  });

  it('may be one more under a grant of which something was redeemed, and takes nothing from it', async () => {
    const web = await door.relyingParty('web', 'web-secret');
    const scope = { ...request, scope: 'openid' };
    const browser = door.browser();
    const { tokens } = await signInFor(web, browser, scope);
    const attempt = await startAuthorization(web, scope);
    expect((await walk(browser, attempt.url)).url).toContain('code=');
    await keepHouseFor(30);
    const opaque = await client.tokenIntrospection(web, tokens.access_token);
    expect(opaque.active).toBe(true);
  });
});
