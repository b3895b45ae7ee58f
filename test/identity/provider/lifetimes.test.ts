import { describe, expect, it } from 'vitest';
import type { ExpiryConfig } from '../../../src/identity/identity-deps.ts';
import { createLifetimes, type Lifetimes } from '../../../src/identity/provider/lifetimes.ts';

const hour = 3_600_000;

describe('lifetimes that are replaced', () => {
  it('are the new ones at once, and the defaults again when nothing is said', () => {
    const lifetimes = createLifetimes({ idTokens: 2 * hour }, () => 0);
    expect([lifetimes.idToken, lifetimes.accessToken]).toEqual([7200, 3600]);
    lifetimes.replace({ idTokens: hour / 2, authRequests: hour, refreshTokens: { reuseInterval: 0 } });
    expect([lifetimes.idToken, lifetimes.accessToken]).toEqual([1800, 1800]);
    expect([lifetimes.authRequests, lifetimes.reuseInterval]).toEqual([hour, 0]);
    lifetimes.replace(undefined);
    expect([lifetimes.idToken, lifetimes.reuseInterval]).toEqual([86_400, 30_000]);
  });

  it.each<[string, ExpiryConfig, (lifetimes: Lifetimes) => unknown, unknown]>([
    ['idTokens', { idTokens: hour }, ({ idToken }) => idToken, 3600],
    ['idTokens, of access tokens', { idTokens: hour / 2 }, ({ accessToken }) => accessToken, 1800],
    ['authRequests', { authRequests: hour }, ({ authRequests }) => authRequests, hour],
    ['deviceRequests', { deviceRequests: 60_000 }, ({ ttl }) => (ttl.DeviceCode as () => number)(), 60],
    [
      'refreshTokens.disableRotation',
      { refreshTokens: { disableRotation: true } },
      ({ rotateRefreshTokens }) => rotateRefreshTokens,
      false,
    ],
    [
      'refreshTokens.reuseInterval',
      { refreshTokens: { reuseInterval: 1000 } },
      ({ reuseInterval }) => reuseInterval,
      1000,
    ],
    [
      'refreshTokens.validIfNotUsedFor',
      { refreshTokens: { validIfNotUsedFor: hour } },
      ({ refreshToken }) => refreshToken({ iiat: 0 }),
      3600,
    ],
    [
      'refreshTokens.absoluteLifetime',
      { refreshTokens: { absoluteLifetime: 2 * hour } },
      ({ refreshToken }) => refreshToken({ iiat: 0 }),
      7200,
    ],
  ])('hold to expiry.%s', (_key, expiry, seen, is) => {
    const lifetimes = createLifetimes(undefined, () => 0);
    expect(seen(lifetimes)).not.toBe(is);
    lifetimes.replace(expiry);
    expect(seen(lifetimes)).toBe(is);
  });

  it('leave an end remembered for as long as anything issued before may live', () => {
    const long = { idTokens: 100 * hour, refreshTokens: { absoluteLifetime: 1000 * hour } };
    const short = { idTokens: hour, authRequests: 10 * hour, refreshTokens: { absoluteLifetime: hour } };
    const lifetimes = createLifetimes(long, () => 0);
    const before = lifetimes.kept;
    expect(before.longest).toBeGreaterThanOrEqual(1100 * hour);
    lifetimes.replace(short);
    expect(lifetimes.kept).toEqual({ ...before, signIn: 10 * hour });
    expect(lifetimes.idToken).toBe(3600);
  });
});
