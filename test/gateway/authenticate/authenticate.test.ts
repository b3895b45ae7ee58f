import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  type AuthenticationOutcome,
  createAuthenticator,
  createStaticKeySource,
  createTokenAuthenticator,
  type TokenOutcome,
} from '../../../src/gateway/authenticate/index.ts';
import { createECKey, encode, signToken } from './sign-token.ts';

const key = createECKey('k');
const stranger = createECKey('k');
const now = Date.parse('2030-01-01T00:00:00Z');
const claims = { iss: 'https://idp.example', aud: 'kubernetes', sub: 'alice', exp: now / 1000 + 3600 };
const good = signToken(key, claims);
const request = { socket: new Socket() };

const accepted = (username: string): TokenOutcome => ({
  outcome: 'authenticated',
  user: { username, groups: ['system:authenticated'] },
  expiresAt: now,
});
const refused: TokenOutcome = { outcome: 'refused', reason: 'no' };
const none: TokenOutcome = { outcome: 'notMine' };

interface Options {
  readonly certificate?: TokenOutcome;
  readonly review?: TokenOutcome;
  readonly anonymous?: boolean;
  readonly authorization?: string;
}

/** Who the request is from, and which tokens were reviewed. */
async function authenticate(options: Options): Promise<{ who: string; reviewed: string[] }> {
  const { certificate = none, review, anonymous = false, authorization } = options;
  const reviewed: string[] = [];
  const issuer = {
    authenticator: {
      issuer: { url: claims.iss, audiences: [claims.aud] },
      claimValidationRules: [],
      claimMappings: { username: { claim: 'sub', prefix: '' } },
    },
    keys: createStaticKeySource(() => ({ keys: [key.jwk] })),
  };
  const outcome: AuthenticationOutcome = await createAuthenticator({
    configuration: { anonymous: { enabled: anonymous, conditions: [] } },
    tokenAuthenticator: createTokenAuthenticator({ issuers: [issuer], now: () => now }),
    authenticateCertificate: () => certificate,
    tokenReviewer: review && {
      authenticate: (token) => {
        reviewed.push(token);
        return Promise.resolve(review);
      },
    },
  })(authorization === undefined ? [] : ['Authorization', authorization], '/', request);
  return { who: outcome.outcome === 'authenticated' ? outcome.user.username : outcome.outcome, reviewed };
}

const whoIs = async (options: Options) => (await authenticate(options)).who;

describe('a client certificate', () => {
  // Two credentials, one of them another person's: the order is defined, and the same as kube-apiserver's.
  it('comes before a bearer token, good or bad, which nobody looks at', async () => {
    const certificate = accepted('carol');
    const review = accepted('robot');
    for (const authorization of [`Bearer ${good}`, 'Bearer opaque', 'Bearer  spaced', 'Basic eA==']) {
      expect(await authenticate({ certificate, review, authorization })).toEqual({
        who: 'carol',
        reviewed: [],
      });
    }
  });

  it('that is not accepted leaves the caller to the token', async () => {
    expect(await whoIs({ certificate: refused, authorization: `Bearer ${good}` })).toBe('alice');
    expect(await whoIs({ certificate: refused, review: accepted('robot'), authorization: 'Bearer x' })).toBe(
      'robot',
    );
    expect(await whoIs({ certificate: refused, authorization: 'Bearer x' })).toBe('unauthorized');
  });

  it('that is not accepted never becomes anonymous; that of nobody does', async () => {
    expect(await whoIs({ certificate: refused, anonymous: true })).toBe('unauthorized');
    expect(await whoIs({ certificate: refused, anonymous: true, authorization: 'Basic eA==' })).toBe(
      'unauthorized',
    );
    expect(await whoIs({ certificate: none, anonymous: true })).toBe('anonymous');
    expect(await whoIs({ certificate: none })).toBe('unauthorized');
  });

  it('is looked for only where the request is known', async () => {
    const authenticator = createAuthenticator({
      configuration: { anonymous: { enabled: false, conditions: [] } },
      tokenAuthenticator: createTokenAuthenticator({ issuers: [], now: () => now }),
      authenticateCertificate: () => accepted('carol'),
    });
    expect(authenticator([], '/')).toMatchObject({ outcome: 'unauthorized' });
  });
});

describe('a bearer token', () => {
  const unknown = signToken(stranger, { ...claims, iss: 'https://kubernetes.default.svc' });

  it('of another issuer, or of none, is reviewed', async () => {
    for (const token of [unknown, 'opaque']) {
      const authorization = `Bearer ${token}`;
      const asked = await authenticate({ review: accepted('robot'), authorization });
      expect(asked).toEqual({ who: 'robot', reviewed: [token] });
      expect(await whoIs({ review: refused, anonymous: true, authorization })).toBe('unauthorized');
      expect(await whoIs({ review: none, anonymous: true, authorization })).toBe('unauthorized');
      expect(await whoIs({ anonymous: true, authorization })).toBe('unauthorized');
    }
  });

  it('of a configured issuer is not, above all not when it is refused', async () => {
    const tokens = [
      good,
      signToken(stranger, claims),
      signToken(key, { ...claims, aud: 'another' }),
      signToken(key, { ...claims, exp: now / 1000 }),
      signToken(key, { ...claims, sub: 'system:admin' }),
      `${encode({ alg: 'none' })}.${encode(claims)}.`,
    ];
    for (const token of tokens) {
      const { who, reviewed } = await authenticate({
        review: accepted('robot'),
        authorization: `Bearer ${token}`,
      });
      expect(reviewed).toEqual([]);
      expect(who).toBe(token === good ? 'alice' : 'unauthorized');
    }
  });
});
