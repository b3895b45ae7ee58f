import * as client from 'openid-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Door, dump, jane, loopback, openDoor, signInFor } from './support/door.ts';

const minute = 60_000;
const invalidGrant = { error: 'invalid_grant' };
const warning =
  'refresh tokens are not rotated: a stolen one is of use until it ends, and nobody learns of it';

let door: Door;
beforeEach(async () => {
  // The provider reads the clock itself; timers stay real.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
  const refreshTokens = {
    disableRotation: true,
    validIfNotUsedFor: 10 * minute,
    absoluteLifetime: 25 * minute,
  };
  door = await openDoor({
    expiry: { refreshTokens },
    signer: { algorithm: 'ES256' },
    now: Date.now,
    replicas: 2,
  });
});
afterEach(async () => {
  await door.close();
  vi.useRealTimers();
});

const passTime = (ms: number) => vi.setSystemTime(Date.now() + ms);

async function signIn() {
  const config = await door.relyingParty('kubectl');
  const { tokens } = await signInFor(config, door.browser(), {
    redirect_uri: loopback,
    scope: 'openid offline_access',
  });
  const token = tokens.refresh_token ?? '';
  return { config, token, refresh: () => client.refreshTokenGrant(config, token) };
}

describe('with expiry.refreshTokens.disableRotation a refresh token', () => {
  it('stays the same, however many use it at once, on two replicas', async () => {
    const { token, refresh } = await signIn();
    const answers = await Promise.all(Array.from({ length: 10 }, refresh));
    expect(new Set(answers.map((answer) => answer.refresh_token))).toEqual(new Set([token]));
    expect(new Set(answers.map((answer) => answer.access_token)).size).toBe(10);
    expect(await dump(door.store)).not.toContain(token);
  });

  it('ends when it is not used for long enough; each use puts that off', async () => {
    const { refresh } = await signIn();
    passTime(9 * minute);
    await refresh();
    passTime(9 * minute);
    await refresh();
    const other = await signIn();
    passTime(10 * minute + 1000);
    await expect(other.refresh()).rejects.toMatchObject(invalidGrant);
  });

  it('S-038: ends in any case when its time since the sign-in is over', async () => {
    const { refresh } = await signIn();
    for (const wait of [8, 8, 8]) {
      passTime(wait * minute);
      await refresh();
    }
    const [session] = (await door.identity.sessions.list(jane.userID)).filter(
      ({ kind }) => kind === 'application',
    );
    expect(session?.lastUsedAt).toBe(Date.now());
    passTime(minute + 1000);
    await expect(refresh()).rejects.toMatchObject(invalidGrant);
  });

  it('S-042: is dead for good when it is revoked, also while it is used', async () => {
    const { config, token, refresh } = await signIn();
    await Promise.allSettled([refresh(), client.tokenRevocation(config, token), refresh()]);
    await expect(refresh()).rejects.toMatchObject(invalidGrant);
  });

  it('is warned of when the door opens, once', () => {
    const warned = door.log.filter(({ level, message }) => level === 'warn' && message === warning);
    // One for each of the two processes.
    expect(warned).toHaveLength(2);
  });
});

it('a refresh token that was replaced before rotation was switched off leads to nothing', async () => {
  const before = await openDoor({ signer: { algorithm: 'ES256' } });
  const config = await before.relyingParty('kubectl');
  const { tokens } = await signInFor(config, before.browser(), {
    redirect_uri: loopback,
    scope: 'openid offline_access',
  });
  const first = tokens.refresh_token ?? '';
  const { refresh_token: second = '' } = await client.refreshTokenGrant(config, first);
  await before.close();
  const after = await openDoor({
    store: before.store,
    port: before.port,
    signer: { algorithm: 'ES256' },
    expiry: { refreshTokens: { disableRotation: true } },
  });
  try {
    expect((await client.refreshTokenGrant(config, second)).refresh_token).toBe(second);
    passTime(minute);
    await expect(client.refreshTokenGrant(config, first)).rejects.toMatchObject(invalidGrant);
  } finally {
    await after.close();
  }
});
