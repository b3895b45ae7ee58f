import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../../support/any-text.ts';
import { hostileTokens } from './hostile-tokens.ts';
import { createRSAKey, type SigningKey, signToken } from './sign-token.ts';
import { authenticate, claims, ec, good, issuerOf, now, other, ours, rsa, seconds } from './two-issuers.ts';

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
      anyText(),
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
