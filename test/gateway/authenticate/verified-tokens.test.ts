import { describe, expect, it } from 'vitest';
import { createTokenAuthenticator } from '../../../src/gateway/authenticate/index.ts';
import type { JSONWebKeySet } from '../../../src/jwt/index.ts';
import { cpuMilliseconds } from '../../support/cpu-milliseconds.ts';
import { signToken } from './sign-token.ts';
import { authenticate, claims, ec, good, idp, issuerOf, now, ours, rsa, theirs } from './two-issuers.ts';

describe('the memory of verified tokens', () => {
  it('answers with the same object, without a promise, until the token expires', () => {
    let at = now;
    const authenticator = createTokenAuthenticator({ issuers: [idp], now: () => at });
    const first = authenticator.authenticate(good);
    expect(first).toMatchObject({ outcome: 'authenticated' });
    expect(authenticator.authenticate(good)).toBe(first);
    at = claims.exp * 1000 - 1;
    expect(authenticator.authenticate(good)).toBe(first);
    at = claims.exp * 1000;
    expect(authenticator.authenticate(good)).toMatchObject({ outcome: 'refused' });
  });

  it('never remembers a refusal', () => {
    let at = claims.exp * 1000;
    const authenticator = createTokenAuthenticator({ issuers: [idp], now: () => at });
    expect(authenticator.authenticate(good)).toMatchObject({ outcome: 'refused' });
    at = now;
    expect(authenticator.authenticate(good)).toMatchObject({ outcome: 'authenticated' });
  });

  it('keeps the tokens that are in use, and forgets those that are not', () => {
    const authenticator = createTokenAuthenticator({ issuers: [idp], now: () => now, rememberedTokens: 2 });
    const tokens = [...'abcdefg'].map((sub) => signToken(ec, { ...claims, sub }));
    const [used = '', unused = '', ...others] = tokens;
    const [ofUsed, ofUnused] = [authenticator.authenticate(used), authenticator.authenticate(unused)];
    for (const other of others) {
      void authenticator.authenticate(other);
      expect(authenticator.authenticate(used)).toBe(ofUsed);
    }
    expect(authenticator.authenticate(unused)).not.toBe(ofUnused);
  });

  it('forgets tokens when their issuer’s keys change', () => {
    let set: JSONWebKeySet = ours;
    const authenticator = createTokenAuthenticator({
      issuers: [issuerOf('https://idp.example', () => set)],
      now: () => now,
    });
    expect(authenticator.authenticate(good)).toMatchObject({ outcome: 'authenticated' });
    set = theirs;
    expect(authenticator.authenticate(good)).toMatchObject({ outcome: 'refused' });
  });

  it('forgets a token at once when its session has ended, and takes it no more', () => {
    const ended = new Set<string>();
    const issuer = { ...idp, isEnded: (sid: string) => ended.has(sid) };
    const authenticator = createTokenAuthenticator({ issuers: [issuer], now: () => now });
    const mine = signToken(rsa, { ...claims, sid: 'one' });
    const others = signToken(rsa, { ...claims, sid: 'two' });
    expect(authenticator.authenticate(mine)).toMatchObject({ outcome: 'authenticated' });
    expect(authenticator.authenticate(others)).toMatchObject({ outcome: 'authenticated' });
    ended.add('one');
    for (const _ of [1, 2]) {
      expect(authenticator.authenticate(mine)).toEqual({
        outcome: 'refused',
        reason: 'the session has ended, or its client is gone',
      });
    }
    expect(authenticator.authenticate(others)).toMatchObject({ outcome: 'authenticated' });
    // Another issuer's sid is about its own sessions.
    expect(authenticate(signToken(rsa, { ...claims, sid: 'one' }))).toMatchObject({
      outcome: 'authenticated',
    });
  });

  it('takes no token of a client that is gone, and those of one that is back', () => {
    const gone = new Set<string>();
    const issuer = { ...idp, isGone: (client: string) => gone.has(client) };
    const authenticator = createTokenAuthenticator({ issuers: [issuer], now: () => now });
    const tokens = [
      signToken(rsa, { ...claims, azp: 'one' }),
      signToken(rsa, { ...claims, client_id: 'one' }),
      signToken(rsa, { ...claims, aud: claims.aud }),
    ];
    const outcomes = () =>
      tokens.map((token) => authenticator.authenticate(token)).map((one) => 'outcome' in one && one.outcome);
    expect(outcomes()).toEqual(['authenticated', 'authenticated', 'authenticated']);
    gone.add('one');
    expect(outcomes()).toEqual(['refused', 'refused', 'authenticated']);
    gone.add(claims.aud);
    expect(outcomes()).toEqual(['refused', 'refused', 'refused']);
    gone.clear();
    expect(outcomes()).toEqual(['authenticated', 'authenticated', 'authenticated']);
  });

  it('tells the session of its own issuer’s tokens, when it is one that can be written down', () => {
    const authenticator = createTokenAuthenticator({
      issuers: [{ ...idp, isEnded: () => false }],
      now: () => now,
    });
    const sidOf = (sid: unknown) => {
      const outcome = authenticator.authenticate(signToken(rsa, { ...claims, sid }));
      return 'sid' in outcome ? outcome.sid : undefined;
    };
    expect(sidOf('mHx_-1')).toBe('mHx_-1');
    for (const sid of ['a"b', 'a\nb', '', 'x'.repeat(65), 1, null]) expect(sidOf(sid)).toBeUndefined();
    // Of another issuer.
    expect(authenticate(signToken(rsa, { ...claims, sid: 'one' }))).not.toHaveProperty('sid', 'one');
  });

  it('answers a remembered token in microseconds', async () => {
    const authenticator = createTokenAuthenticator({ issuers: [idp], now: () => now });
    const rounds = 20_000;
    const took = await cpuMilliseconds(() => {
      for (let round = 0; round < rounds; round += 1) void authenticator.authenticate(good);
    });
    // About 2 µs; a verification takes 30 and more.
    expect((took / rounds) * 1000).toBeLessThan(20);
  });
});
