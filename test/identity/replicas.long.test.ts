import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore, openSqliteStore } from '../../src/store/index.ts';
import { describeSingleUse, type SharedStore } from '../contract/single-use.ts';
import { formsOf } from './support/browser-like.ts';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from './support/door.ts';
import { createInterleavedStore } from './support/interleaved-store.ts';

/** Two providers on one store; each request goes to the other one than the request before it. */
async function openTwo(): Promise<Door> {
  const door = await openDoor({ replicas: 2 });
  onTestFinished(() => door.close());
  return door;
}

async function interleaved(): Promise<SharedStore> {
  const store = createInterleavedStore(createMemoryStore());
  return { stores: [store, store], dispose: () => store.close() };
}

/** One process at a time has the file: both replicas are in this one. */
async function inFile(): Promise<SharedStore> {
  const directory = mkdtempSync(join(tmpdir(), 'identity-'));
  const store = await openSqliteStore({ file: join(directory, 'state.db') });
  return {
    stores: [store, store],
    async dispose() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };

describe('two replicas on one store', () => {
  describeSingleUse('memory', interleaved);
  describeSingleUse('SQLite', inFile);

  it('R-010: go on with a sign-in once, however often its end is opened at once', async () => {
    const door = await openTwo();
    const browser = door.browser();
    const { url } = await startAuthorization(await door.relyingParty('kubectl'), offline);
    const login = formsOf(await browser.open(url)).find(({ action }) => action.endsWith('/login'));
    const body = new URLSearchParams({ ...login?.fields, username: 'jane', password: 'password' });
    const sent = await browser.request(login?.action ?? '', { method: 'POST', body });
    expect(sent.headers.get('location')).toMatch(/\/continue$/);
    const uid = /interaction\/([\w-]+)\//.exec(login?.action ?? '')?.[1];
    const ends = await Promise.all(
      Array.from({ length: 20 }, () => browser.request(`${door.issuer}/auth/${uid}`)),
    );
    const codes = ends.filter(({ headers }) => headers.get('location')?.includes('code='));
    expect(codes).toHaveLength(1);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([303, 400]));
  });

  it('S-014: count wrong verifiers together', async () => {
    const door = await openTwo();
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const page = await walk(door.browser(), attempt.url);
    const wrong = { ...attempt, verifier: client.randomPKCECodeVerifier() };
    const guesses = await Promise.allSettled(
      Array.from({ length: 5 }, () => redeem(config, wrong, page.url)),
    );
    expect(guesses.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    await expect(redeem(config, attempt, page.url)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('S-089: both know of a sign-out, whatever cookie is shown to them', async () => {
    const door = await openTwo();
    const browser = door.browser();
    const config = await door.relyingParty('web', 'web-secret');
    await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid' });
    const cookie = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const home = async () => (await fetch(`${door.issuer}/`, { headers: { cookie } })).text();
    expect(await home()).toContain(jane.email);
    expect(await home()).toContain(jane.email);
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect(await home()).not.toContain(jane.email);
    expect(await home()).not.toContain(jane.email);
  });

  it('S-110 S-111: count wrong passwords together, also those that come at once', async () => {
    const door = await openTwo();
    const config = await door.relyingParty('kubectl');
    const attempts = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const browser = door.browser();
        const page = await browser.open((await startAuthorization(config, offline)).url);
        return () => browser.submit(page, { username: 'jane', password: 'wrong' }, '/login');
      }),
    );
    const statuses = (await Promise.all(attempts.map((send) => send()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });
});
