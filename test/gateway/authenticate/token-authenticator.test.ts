import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTokenAuthenticator,
  type JWTAuthenticator,
  type TokenIssuer,
  type TokenOutcome,
} from '../../../src/gateway/authenticate/index.ts';
import { createStaticKeySource, type JSONWebKeySet } from '../../../src/jwt/index.ts';
import { hostileTokens } from './hostile-tokens.ts';
import { createECKey, createRSAKey, type SigningKey, signToken } from './sign-token.ts';

const rsa = createRSAKey('rsa');
const ec = createECKey('ec');
const other = createRSAKey('other');
const now = Date.parse('2030-01-01T00:00:00Z');
const seconds = now / 1000;
const claims = { iss: 'https://idp.example', aud: 'kubernetes', sub: 'alice', exp: seconds + 3600 };

function issuerOf(
  url: string,
  set: () => JSONWebKeySet,
  mappings: Partial<JWTAuthenticator['claimMappings']> = {},
): TokenIssuer {
  return {
    authenticator: {
      issuer: { url, audiences: ['kubernetes'] },
      claimValidationRules: [],
      claimMappings: {
        username: { claim: 'sub', prefix: '' },
        groups: { claim: 'groups', prefix: '' },
        ...mappings,
      },
    },
    keys: createStaticKeySource(set),
  };
}

const ours: JSONWebKeySet = { keys: [rsa.jwk, ec.jwk] };
const theirs: JSONWebKeySet = { keys: [other.jwk] };
const idp = issuerOf('https://idp.example', () => ours);
const second = issuerOf('https://second.example', () => theirs);

function authenticate(
  token: string,
  at = now,
  issuers: readonly TokenIssuer[] = [idp, second],
): TokenOutcome {
  const outcome = createTokenAuthenticator({ issuers, now: () => at }).authenticate(token);
  if (outcome instanceof Promise) throw new Error('answered with a promise');
  return outcome;
}

const good = signToken(rsa, claims);
const goodEC = signToken(ec, claims);
const deep = `{"iss":"https://idp.example","aud":"kubernetes","sub":"alice","exp":${claims.exp},"x":${'['.repeat(5000)}${']'.repeat(5000)}}`;

describe('a token of a configured issuer', () => {
  it.each([
    ['RS256', good],
    ['RS384', signToken(rsa, claims, {}, 'RS384')],
    ['RS512', signToken(rsa, claims, {}, 'RS512')],
    ['PS256', signToken(rsa, claims, {}, 'PS256')],
    ['PS512', signToken(rsa, claims, {}, 'PS512')],
    ['ES256', goodEC],
    ['without kid', signToken(rsa, claims, { kid: undefined })],
    ['an access token for us', signToken(rsa, claims, { typ: 'at+jwt' })],
    [
      'S-069: jku and x5u, which are not followed',
      signToken(rsa, claims, { jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' }),
    ],
  ])('is accepted: %s', (_, token) => {
    expect(authenticate(token)).toEqual({
      outcome: 'authenticated',
      user: { username: 'alice', groups: ['system:authenticated'] },
      expiresAt: claims.exp * 1000,
    });
  });

  it.each(hostileTokens({ rsa, ec, other, claims }))('is not accepted: %s', (_, token, outcome) => {
    expect(authenticate(token).outcome).toBe(outcome);
  });

  it.each([
    ['one second before exp', claims.exp * 1000 - 1000, {}, 'authenticated'],
    ['one millisecond before exp', claims.exp * 1000 - 1, {}, 'authenticated'],
    ['S-074: at exp', claims.exp * 1000, {}, 'refused'],
    ['nbf 60 s ahead', now, { nbf: seconds + 60 }, 'authenticated'],
    ['S-074: nbf 61 s ahead', now, { nbf: seconds + 61 }, 'refused'],
    ['iat ahead', now, { iat: seconds + 3600 }, 'authenticated'],
    ['iat null', now, { iat: null }, 'refused'],
  ])('%s', (_, at, more, outcome) => {
    expect(authenticate(signToken(rsa, { ...claims, ...more }), at).outcome).toBe(outcome);
  });

  it('S-076 S-085: takes little time to read a deeply nested token, and refuses a longer one unread', () => {
    expect(authenticate(signToken(rsa, deep)).outcome).toBe('authenticated');
    expect(authenticate('a'.repeat(16 * 1024 + 1))).toEqual({
      outcome: 'refused',
      reason: 'token is longer than 16384 bytes',
    });
  });

  it('S-072: accepts no text that differs from the token in one character', () => {
    const characters = 'AZaz09-_.=+/ \t%~é';
    const position = fc.nat({ max: good.length });
    fc.assert(
      fc.property(position, fc.constantFrom(...characters), fc.boolean(), (at, character, insert) => {
        const mutated = good.slice(0, at) + character + good.slice(insert ? at : at + 1);
        return mutated === good || authenticate(mutated).outcome !== 'authenticated';
      }),
      { numRuns: 500 },
    );
  });

  it('S-080: gives nobody a name that begins with system:, whatever the claims and prefixes', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `system:${rest}`),
      fc.string().map((rest) => `tem:${rest}`),
    );
    const prefix = fc.constantFrom('', 'oidc:', 'sys', ' ');
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 3 }), prefix, (sub, groups, given) => {
        const issuer = issuerOf('https://idp.example', () => ours, {
          username: { claim: 'sub', prefix: given },
          groups: { claim: 'groups', prefix: given },
        });
        const outcome = authenticate(signToken(ec, { ...claims, sub, groups }), now, [issuer]);
        if (outcome.outcome !== 'authenticated') return true;
        const names = [outcome.user.username, ...outcome.user.groups.slice(0, -1)];
        return (
          outcome.user.groups.at(-1) === 'system:authenticated' &&
          names.every((text) => !text.trim().startsWith('system:'))
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('the keys of an issuer', () => {
  const weak = createRSAKey('rsa', 1024);
  const jwk = (more: object): object => ({ ...rsa.jwk, ...more });
  it.each<[string, object[], SigningKey, string]>([
    ['a good one', [rsa.jwk], rsa, 'authenticated'],
    [
      'a good one after garbage',
      [{}, { kty: 'XX' }, { kty: 'RSA', n: '!', e: 'AQAB' }, { kty: 'oct', k: 'AAAA' }, rsa.jwk],
      rsa,
      'authenticated',
    ],
    ['two of one kid', [{ ...other.jwk, kid: 'rsa' }, rsa.jwk], rsa, 'authenticated'],
    ['S-082: RSA of 1024 bits', [weak.jwk], weak, 'refused'],
    ['S-082: for encryption', [jwk({ use: 'enc' })], rsa, 'refused'],
    ['not for verifying', [jwk({ key_ops: ['encrypt'] })], rsa, 'refused'],
    ['S-067: for another algorithm', [jwk({ alg: 'RS512' })], rsa, 'refused'],
    ['with its private part', [{ ...rsa.privateKey.export({ format: 'jwk' }), kid: 'rsa' }], rsa, 'refused'],
    ['with a numeric kid', [jwk({ kid: 7 })], rsa, 'refused'],
    ['in padded base64', [jwk({ e: 'AQAB=' })], rsa, 'refused'],
    ['S-068: none', [], rsa, 'refused'],
    [
      'S-082: behind a hundred others',
      [...Array.from({ length: 100 }, () => other.jwk), rsa.jwk],
      rsa,
      'refused',
    ],
  ])('%s', (_, keys, key, outcome) => {
    const set = { keys };
    expect(
      authenticate(signToken(key, claims), now, [issuerOf('https://idp.example', () => set)]).outcome,
    ).toBe(outcome);
  });
});

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

  it('answers a remembered token in microseconds', () => {
    const authenticator = createTokenAuthenticator({ issuers: [idp], now: () => now });
    const rounds = 20_000;
    const medians = Array.from({ length: 5 }, () => {
      const start = process.hrtime.bigint();
      for (let round = 0; round < rounds; round += 1) void authenticator.authenticate(good);
      return Number(process.hrtime.bigint() - start) / 1000 / rounds;
    }).sort((a, b) => a - b);
    // About 2 µs when the machine is free; a verification takes 30 and more.
    expect(medians[0]).toBeLessThan(20);
  });
});
