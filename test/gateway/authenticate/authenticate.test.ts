import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  type AuthenticationOutcome,
  createAuthenticator,
  createTokenAuthenticator,
  type TokenOutcome,
} from '../../../src/gateway/authenticate/index.ts';
import { createStaticKeySource } from '../../../src/jwt/index.ts';
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
  /** The token in Sec-WebSocket-Protocol. */
  readonly webSocket?: string;
}

function rawHeaders({ authorization, webSocket }: Options): string[] {
  const headers = authorization === undefined ? [] : ['Authorization', authorization];
  if (webSocket === undefined) return headers;
  const token = `base64url.bearer.authorization.k8s.io.${Buffer.from(webSocket).toString('base64url')}`;
  return [
    ...headers,
    'Connection',
    'Upgrade',
    'Upgrade',
    'websocket',
    'Sec-WebSocket-Protocol',
    `v5.channel.k8s.io, ${token}`,
  ];
}

/** Who the request is from, and which tokens were reviewed. */
async function authenticate(options: Options): Promise<{ who: string; reviewed: string[] }> {
  const { outcome, reviewed } = await outcomeOf(options);
  return { who: outcome.outcome === 'authenticated' ? outcome.user.username : outcome.outcome, reviewed };
}

async function outcomeOf(options: Options) {
  const { certificate = none, review, anonymous = false } = options;
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
  })(rawHeaders(options), '/', request);
  return { outcome, reviewed };
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

  it('S-269 that is not accepted never becomes anonymous; that of nobody does', async () => {
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

  it('S-269 of a configured issuer is not, above all not when it is refused', async () => {
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

describe("a WebSocket's token", () => {
  const bob = signToken(key, { ...claims, sub: 'bob' });
  const bad = signToken(stranger, claims);

  it.each([
    ['alone', { webSocket: bob }, 'bob'],
    ['alone, not accepted', { webSocket: bad }, 'unauthorized'],
    ['behind a good one', { authorization: `Bearer ${good}`, webSocket: bob }, 'alice'],
    ['behind a bad one', { authorization: `Bearer ${bad}`, webSocket: bob }, 'bob'],
    ['behind one that nobody knows', { authorization: 'Bearer opaque', webSocket: bob }, 'bob'],
    ['behind another scheme', { authorization: 'Basic eA==', webSocket: bob }, 'bob'],
    ['as bad as the header', { authorization: `Bearer ${bad}`, webSocket: bad }, 'unauthorized'],
    ['beside a bad certificate', { certificate: refused, webSocket: bob }, 'bob'],
    ['beside a good certificate', { certificate: accepted('carol'), webSocket: bob }, 'carol'],
    ['as bad as the certificate', { certificate: refused, webSocket: bad }, 'unauthorized'],
  ] as const)('%s', async (_name, options, who) => {
    expect(await whoIs({ ...options, anonymous: true })).toBe(who);
  });

  it('behind a token that is reviewed waits for the answer', async () => {
    const asked = { authorization: 'Bearer opaque', webSocket: bob };
    expect(await authenticate({ ...asked, review: refused })).toEqual({ who: 'bob', reviewed: ['opaque'] });
    expect(await authenticate({ ...asked, review: accepted('robot') })).toEqual({
      who: 'robot',
      reviewed: ['opaque'],
    });
  });

  it('behind a header that is passed over comes with the warning about it', async () => {
    const asked = { authorization: `Bearer  ${good}`, webSocket: bob };
    expect((await outcomeOf(asked)).outcome).toMatchObject({
      user: { username: 'bob' },
      warning: expect.stringContaining('extra space'),
    });
  });

  it('that fails too leaves the first reason in the log', async () => {
    const asked = { authorization: `Bearer ${signToken(key, { ...claims, aud: 'x' })}`, webSocket: 'opaque' };
    expect((await outcomeOf(asked)).outcome).toMatchObject({ reason: expect.stringContaining('audience') });
  });
});
