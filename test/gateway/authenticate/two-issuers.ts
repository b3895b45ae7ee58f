import {
  createTokenAuthenticator,
  type JWTAuthenticator,
  type TokenIssuer,
  type TokenOutcome,
} from '../../../src/gateway/authenticate/index.ts';
import { createStaticKeySource, type JSONWebKeySet } from '../../../src/jwt/index.ts';
import { createECKey, createRSAKey, signToken } from './sign-token.ts';

export const rsa = createRSAKey('rsa');
export const ec = createECKey('ec');
export const other = createRSAKey('other');
export const now = Date.parse('2030-01-01T00:00:00Z');
export const seconds = now / 1000;
export const claims = { iss: 'https://idp.example', aud: 'kubernetes', sub: 'alice', exp: seconds + 3600 };

export function issuerOf(
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

export const ours: JSONWebKeySet = { keys: [rsa.jwk, ec.jwk] };
export const theirs: JSONWebKeySet = { keys: [other.jwk] };
export const idp = issuerOf('https://idp.example', () => ours);
export const second = issuerOf('https://second.example', () => theirs);

export function authenticate(
  token: string,
  at = now,
  issuers: readonly TokenIssuer[] = [idp, second],
): TokenOutcome {
  const outcome = createTokenAuthenticator({ issuers, now: () => at }).authenticate(token);
  if (outcome instanceof Promise) throw new Error('answered with a promise');
  return outcome;
}

export const good = signToken(rsa, claims);
