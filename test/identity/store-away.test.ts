import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryStore, type Store, StoreUnavailableError } from '../../src/store/index.ts';
import { type Door, openDoor, webClient } from './support/door.ts';

let away = false;
let door: Door;
beforeAll(async () => {
  const real = createMemoryStore();
  const unless = <A extends unknown[], R>(work: (...asked: A) => Promise<R>) => {
    return async (...asked: A): Promise<R> => {
      if (away) throw new StoreUnavailableError('etcd did not answer');
      return work(...asked);
    };
  };
  const store: Store = { ...real, get: unless(real.get), list: unless(real.list), txn: unless(real.txn) };
  door = await openDoor({
    store,
    clients: [{ ...webClient, public: false }],
    signer: { algorithm: 'ES256' },
    isStoreAway: () => away,
    grantTypes: ['authorization_code', 'refresh_token', 'password'],
    registration: { initialAccessToken: undefined, maxClients: 10, unusedFor: 3_600_000 },
  });
});
afterAll(async () => {
  away = false;
  await door.close();
});

const redeem = () =>
  fetch(`${door.issuer}/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${btoa(`${webClient.id}:${webClient.secret}`)}`,
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) }),
  });

it('R-017 a program hears that the storage is away, not that its token is wrong', async () => {
  expect([(await redeem()).status, (await fetch(`${door.issuer}/readyz`)).status]).toEqual([400, 200]);
  away = true;
  const answer = await redeem();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' });
  expect((await fetch(`${door.issuer}/readyz`)).status).toBe(503);
  away = false;
  expect((await redeem()).status).toBe(400);
});

it('R-017 so does one that registers, or brings a password', async () => {
  const register = () =>
    fetch(`${door.issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://app.example/cb'] }),
    });
  const signIn = () =>
    fetch(`${door.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'kubectl',
        username: 'jane',
        password: 'password',
        scope: 'openid',
      }),
    });
  for (const send of [register, signIn]) {
    away = true;
    const answer = await send();
    away = false;
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await send()).ok).toBe(true);
  }
});

it('R-017 a person is shown a page that says so', async () => {
  away = true;
  const answer = await fetch(`${door.issuer}/device?user_code=BCDF-GHJK`, { redirect: 'manual' });
  away = false;
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-type')).toContain('text/html');
});
