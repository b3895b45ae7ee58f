import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  emptyRing,
  type KeyPolicy,
  type KeyRing,
  type NewKey,
  nextRotation,
  replaceAll,
  signingKeyOf,
  wantsKey,
} from '../../../src/identity/keys/key-ring.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const policy: KeyPolicy = {
  alg: 'ES256',
  signsFor: 6 * HOUR,
  publishedFor: 11 * MINUTE,
  longest: HOUR,
  skew: MINUTE,
  verifying: () => ({ kty: 'EC' }),
};

let made = 0;
function make(alg = policy.alg): NewKey {
  return { kid: `k${++made}`, alg, jwk: { kty: 'EC', d: 'private' } };
}

/** One look: what a leader does. */
function look(ring: KeyRing, now: number, current = policy): KeyRing {
  return advance(ring, now, current, wantsKey(ring, now, current) ? make(current.alg) : undefined);
}

const states = (ring: KeyRing) => ring.keys.map(({ state }) => state);

describe('a ring of keys', () => {
  it('begins with a key that signs at once: nobody can have cached a key set without it', () => {
    const ring = look(emptyRing, 0);
    expect(states(ring)).toEqual(['signing']);
    expect(look(ring, 1)).toBe(ring);
  });

  it('publishes the next key before it signs, keeps the last one until its tokens have ended, and then drops it', () => {
    let ring = look(emptyRing, 0);
    const [first] = ring.keys;
    ring = look(ring, policy.signsFor - policy.publishedFor - 1);
    expect(states(ring)).toEqual(['signing']);
    ring = look(ring, policy.signsFor - policy.publishedFor);
    expect(states(ring)).toEqual(['signing', 'published']);
    expect(nextRotation(ring, policy)).toBe(policy.signsFor);
    const next = ring.keys[1];
    ring = look(ring, policy.signsFor - 1);
    expect(signingKeyOf(ring)).toBe(first);
    ring = look(ring, policy.signsFor);
    expect(states(ring)).toEqual(['signing', 'retired']);
    expect(ring.keys.map(({ kid }) => kid)).toEqual([next?.kid, first?.kid]);
    expect(ring.keys.map(({ jwk }) => 'd' in jwk)).toEqual([true, false]);
    const gone = policy.signsFor + policy.longest + policy.skew;
    expect(states(look(ring, gone - 1))).toEqual(['signing', 'retired']);
    expect(states(look(ring, gone))).toEqual(['signing']);
  });

  it('lets a key sign on until its successor was published for long enough, however late', () => {
    const ring = look(look(emptyRing, 0), 100 * HOUR);
    expect(states(ring)).toEqual(['signing', 'published']);
    expect(states(look(ring, 100 * HOUR + policy.publishedFor - 1))).toEqual(['signing', 'published']);
    expect(states(look(ring, 100 * HOUR + policy.publishedFor))).toEqual(['signing', 'retired']);
  });

  it('changes the algorithm in the same way, and changes its mind', () => {
    const before = look(emptyRing, 0);
    const other = { ...policy, alg: 'EdDSA' };
    const during = look(before, HOUR, other);
    expect(during.keys.map(({ alg, state }) => `${alg} ${state}`)).toEqual([
      'ES256 signing',
      'EdDSA published',
    ]);
    const after = look(during, HOUR + policy.publishedFor, other);
    expect(after.keys.map(({ alg, state }) => `${alg} ${state}`)).toEqual(['EdDSA signing', 'ES256 retired']);
    expect(look(during, HOUR + MINUTE, policy).keys).toEqual(before.keys);
  });

  it('keeps a retired key for the longest lifetime there was while it signed', () => {
    const before = look(emptyRing, 0, { ...policy, longest: 24 * HOUR });
    let ring = look(look(before, policy.signsFor), policy.signsFor + policy.publishedFor);
    const retiredAt = policy.signsFor + policy.publishedFor;
    ring = look(ring, retiredAt + 24 * HOUR);
    expect(ring.keys.map(({ kid }) => kid)).toContain(before.keys[0]?.kid);
  });

  it('in an emergency has a new key sign at once, and with revoke drops all others', () => {
    const ring = look(look(emptyRing, 0), policy.signsFor - MINUTE);
    expect(states(ring)).toEqual(['signing', 'published']);
    const now = policy.signsFor;
    const kept = replaceAll(ring, now, policy, make(), { revoke: false, replacedFor: 'a' });
    expect(states(kept)).toEqual(['signing', 'retired']);
    expect(kept.keys[1]).toMatchObject({ kid: ring.keys[0]?.kid, until: now + policy.longest + policy.skew });
    const revoked = replaceAll(kept, now, policy, make(), { revoke: true, replacedFor: 'b' });
    expect(states(revoked)).toEqual(['signing']);
    expect(revoked.replacedFor).toBe('b');
    expect(look(revoked, now).replacedFor).toBe('b');
  });
});

interface Token {
  readonly kid: string;
  readonly exp: number;
}

const step = fc.record({
  wait: fc.oneof(fc.nat({ max: 5 * MINUTE }), fc.nat({ max: 2 * HOUR }), fc.nat({ max: 60 * HOUR })),
  change: fc.option(
    fc.record({
      alg: fc.constantFrom('ES256', 'EdDSA'),
      signsFor: fc.integer({ min: MINUTE, max: 24 * HOUR }),
      longest: fc.integer({ min: MINUTE, max: 48 * HOUR }),
    }),
    { freq: 6 },
  ),
  emergency: fc.option(fc.boolean(), { freq: 25 }),
});

describe('R-006, R-007: whatever comes', () => {
  it('one key signs, which everybody could know, and none goes before its tokens', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        let now = 0;
        let current = policy;
        let ring = look(emptyRing, now);
        let tokens: Token[] = [];
        const published = new Map<string, number>();
        const replaced = new Set(ring.keys.map(({ kid }) => kid));
        for (const { wait, change, emergency } of steps) {
          now += wait;
          const before = signingKeyOf(ring)!;
          // A replica that has not heard yet signs with the last key for a while.
          tokens.push({ kid: before.kid, exp: now + current.longest });
          if (change !== null) current = { ...policy, ...change };
          ring = look(ring, now, current);
          tokens.push({ kid: before.kid, exp: now + current.skew + before.longest });
          if (emergency !== null) {
            ring = replaceAll(ring, now, current, make(current.alg), {
              revoke: emergency,
              replacedFor: `${now}`,
            });
            replaced.add(signingKeyOf(ring)!.kid);
            if (emergency) tokens = [];
          }
          check(ring);
        }

        function check({ keys }: KeyRing): void {
          const kids = new Set(keys.map(({ kid }) => kid));
          expect(kids.size).toBe(keys.length);
          expect(keys.filter(({ state }) => state === 'signing')).toHaveLength(1);
          expect(keys.filter(({ state }) => state === 'published').length).toBeLessThanOrEqual(1);
          for (const { kid } of keys) if (!published.has(kid)) published.set(kid, now);
          const { kid } = signingKeyOf(ring)!;
          if (!replaced.has(kid))
            expect(now - published.get(kid)!).toBeGreaterThanOrEqual(policy.publishedFor);
          for (const token of tokens) if (token.exp > now) expect(kids).toContain(token.kid);
          const looked = look(ring, now, current);
          expect(look(looked, now, current)).toBe(looked);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a key does not sign for much longer than it should while somebody looks', () => {
    const every = fc.integer({ min: 1000, max: 5 * MINUTE });
    const signsFor = fc.integer({ min: 1000, max: 10 * HOUR });
    fc.assert(
      fc.property(every, signsFor, (lookEvery, signs) => {
        const current = { ...policy, signsFor: signs };
        let ring = look(emptyRing, 0, current);
        const [first] = ring.keys;
        let now = 0;
        for (; signingKeyOf(ring)?.kid === first?.kid; now += lookEvery) ring = look(ring, now, current);
        expect(now - lookEvery).toBeLessThanOrEqual(Math.max(signs, policy.publishedFor) + 2 * lookEvery);
      }),
      { numRuns: 50 },
    );
  });
});
