import { describe, expect, it } from 'vitest';
import { createLifetimes } from '../../../src/identity/provider/lifetimes.ts';

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
