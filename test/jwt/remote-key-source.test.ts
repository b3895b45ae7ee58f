import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTokenAuthenticator, type TokenAuthenticator } from '../../src/gateway/authenticate/index.ts';
import {
  createRemoteKeySource,
  type RemoteKeySource,
  type RemoteKeySourceDeps,
} from '../../src/jwt/index.ts';
import { createECKey, type SigningKey, signToken } from '../gateway/authenticate/sign-token.ts';

const one = createECKey('one');
const two = createECKey('two');

/** An issuer over HTTP that counts what it is asked. */
interface FakeIssuer {
  url: string;
  keys: SigningKey[];
  counts: { discovery: number; jwks: number };
  headers: string[];
  /** Answers before the ordinary answers do; true when it did. */
  intercept: (...given: Parameters<RequestListener>) => boolean;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startIssuer(): Promise<FakeIssuer> {
  const issuer: FakeIssuer = {
    url: '',
    keys: [one],
    counts: { discovery: 0, jwks: 0 },
    headers: [],
    intercept: () => false,
  };
  const server: Server = createServer((request, response) => {
    issuer.counts[request.url === '/keys' ? 'jwks' : 'discovery'] += 1;
    issuer.headers.push(...Object.keys(request.headers));
    if (issuer.intercept(request, response)) return;
    if (request.url === '/keys') response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    else response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return issuer;
}

interface Setup {
  issuer: FakeIssuer;
  source: RemoteKeySource;
  authenticator: TokenAuthenticator;
  warnings: object[];
  advance(milliseconds: number): void;
  token(key: SigningKey, sub?: string): string;
}

async function setUp(more: Partial<RemoteKeySourceDeps> = {}): Promise<Setup> {
  const issuer = await startIssuer();
  let now = Date.parse('2030-01-01T00:00:00Z');
  const warnings: object[] = [];
  const log = { warn: (details: object): void => void warnings.push(details) };
  const source = createRemoteKeySource({ issuer: issuer.url, now: () => now, log, ...more });
  cleanups.push(() => source.close());
  const authenticator = createTokenAuthenticator({
    issuers: [
      {
        authenticator: {
          issuer: { url: issuer.url, audiences: ['kubernetes'] },
          claimValidationRules: [],
          claimMappings: { username: { claim: 'sub', prefix: '' } },
        },
        keys: source,
      },
    ],
    now: () => now,
  });
  const exp = now / 1000 + 86_400;
  return {
    issuer,
    source,
    authenticator,
    warnings,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    token: (key, sub = 'alice') => signToken(key, { iss: issuer.url, aud: 'kubernetes', sub, exp }),
  };
}

const outcomeOf = async (authenticator: TokenAuthenticator, token: string): Promise<string> =>
  (await authenticator.authenticate(token)).outcome;

describe('createRemoteKeySource', () => {
  it('fetches the keys with the first token and answers later ones without a promise', async () => {
    const { issuer, authenticator, token } = await setUp();
    expect(await outcomeOf(authenticator, token(one))).toBe('authenticated');
    expect(authenticator.authenticate(token(one, 'bob'))).toMatchObject({
      outcome: 'authenticated',
      user: { username: 'bob' },
    });
    expect(issuer.counts).toEqual({ discovery: 1, jwks: 1 });
    expect(issuer.headers).not.toContain('authorization');
    expect(issuer.headers).not.toContain('cookie');
  });

  it('fetches once for many first tokens', async () => {
    const { issuer, authenticator, token } = await setUp();
    const tokens = Array.from({ length: 20 }, (_, index) => token(one, `user-${index}`));
    const outcomes = await Promise.all(tokens.map((text) => outcomeOf(authenticator, text)));
    expect(new Set(outcomes)).toEqual(new Set(['authenticated']));
    expect(issuer.counts).toEqual({ discovery: 1, jwks: 1 });
  });

  it('S-070: fetches at most once per cool-down, however many tokens of unknown keys arrive', async () => {
    const { issuer, source, authenticator, token, advance } = await setUp();
    expect(await source.load()).toBe(true);
    const flood = (name: string): Promise<string[]> =>
      Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          outcomeOf(authenticator, token({ ...two, kid: `${name}-${index}` })),
        ),
      );
    expect(new Set(await flood('early'))).toEqual(new Set(['refused']));
    expect(issuer.counts.jwks).toBe(1);
    advance(30_000);
    expect(new Set(await flood('later'))).toEqual(new Set(['refused']));
    await flood('again');
    expect(issuer.counts.jwks).toBe(2);
    expect(await outcomeOf(authenticator, token(one))).toBe('authenticated');
  });

  it('sees a new key with the first token that it signed', async () => {
    const { issuer, source, authenticator, token, advance } = await setUp();
    await source.load();
    advance(30_000);
    issuer.keys = [one, two];
    expect(await outcomeOf(authenticator, token(two))).toBe('authenticated');
    expect(await outcomeOf(authenticator, token(one))).toBe('authenticated');
    expect(issuer.counts).toEqual({ discovery: 1, jwks: 2 });
  });

  it('sees a new key under an old kid', async () => {
    const { issuer, source, authenticator, token, advance } = await setUp();
    await source.load();
    advance(30_000);
    const renewed = { ...two, kid: 'one', jwk: { ...two.jwk, kid: 'one' } };
    issuer.keys = [renewed];
    expect(await outcomeOf(authenticator, token(renewed))).toBe('authenticated');
  });

  it('fetches old keys anew in the background and forgets tokens of a removed key', async () => {
    const { issuer, authenticator, token, advance } = await setUp();
    const text = token(one);
    expect(await outcomeOf(authenticator, text)).toBe('authenticated');
    issuer.keys = [two];
    advance(600_000);
    // Answered from memory, which starts the fetch.
    await expect.poll(() => outcomeOf(authenticator, text)).toBe('refused');
    expect(issuer.counts.jwks).toBe(2);
  });

  it('S-068: keeps the known keys while the issuer is down or talks nonsense', async () => {
    const { issuer, source, authenticator, token, advance, warnings } = await setUp();
    await source.load();
    const failures: ((...given: Parameters<RequestListener>) => unknown)[] = [
      (request) => request.socket.destroy(),
      (_, response) => response.writeHead(500).end('{"keys":[]}'),
      (_, response) => response.end('nope'),
      (_, response) => response.end('{}'),
      (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    ];
    for (const [index, failure] of failures.entries()) {
      issuer.intercept = (...given) => {
        failure(...given);
        return true;
      };
      advance(30_000);
      expect(await outcomeOf(authenticator, token(two))).toBe('refused');
      expect(await outcomeOf(authenticator, token(one, `user-${index}`))).toBe('authenticated');
    }
    expect(warnings).toHaveLength(failures.length);
  });

  it('replaces the keys by an empty set', async () => {
    const { issuer, source, authenticator, token, advance } = await setUp();
    await source.load();
    issuer.keys = [];
    advance(30_000);
    expect(await outcomeOf(authenticator, token(two))).toBe('refused');
    expect(await outcomeOf(authenticator, token(one))).toBe('refused');
  });

  it('S-068: tries again after 10 s when the issuer was never reached', async () => {
    const { issuer, authenticator, token, advance } = await setUp();
    issuer.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await authenticator.authenticate(token(one))).toEqual({
      outcome: 'refused',
      reason: 'oidc: authenticator not initialized',
    });
    issuer.intercept = () => false;
    advance(9_999);
    expect(await outcomeOf(authenticator, token(one))).toBe('refused');
    expect(issuer.counts.discovery).toBe(1);
    advance(1);
    expect(await outcomeOf(authenticator, token(one))).toBe('authenticated');
  });

  it.each([
    ['another issuer', { issuer: 'https://other.example' }],
    ['an issuer with a slash more', (url: string) => ({ issuer: `${url}/` })],
    ['no jwks_uri', { jwks_uri: undefined }],
    ['an empty jwks_uri', { jwks_uri: '' }],
    ['a relative jwks_uri', { jwks_uri: '/keys' }],
    ['a jwks_uri with a password', (url: string) => ({ jwks_uri: `${url.replace('//', '//u:p@')}/keys` })],
    ['a jwks_uri over plain HTTP elsewhere', { jwks_uri: 'http://keys.example/keys' }],
    ['a jwks_uri of another scheme', { jwks_uri: 'file:///etc/passwd' }],
  ])('S-078: refuses a discovery document with %s', async (_, wrong) => {
    const { issuer, source } = await setUp();
    issuer.intercept = (request, response) => {
      if (request.url === '/keys') return false;
      const members = typeof wrong === 'function' ? wrong(issuer.url) : wrong;
      response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, ...members }));
      return true;
    };
    expect(await source.load()).toBe(false);
    expect(issuer.counts.jwks).toBe(0);
  });

  it.each([
    [
      'a redirect',
      (_: unknown, response: Parameters<RequestListener>[1]) =>
        response.writeHead(302, { location: '/x' }).end(),
    ],
    ['201', (_: unknown, response: Parameters<RequestListener>[1]) => response.writeHead(201).end('{}')],
    [
      'more than 1 MiB',
      (_: unknown, response: Parameters<RequestListener>[1]) =>
        response.end(`{"x":"${'x'.repeat(1024 * 1024)}"}`),
    ],
    ['nothing in time', () => undefined],
  ])('S-082: refuses %s instead of a discovery document', async (_, answer) => {
    const { issuer, source, warnings } = await setUp({ timeout: 200 });
    issuer.intercept = (request, response) => {
      answer(request, response);
      return true;
    };
    expect(await source.load()).toBe(false);
    expect(issuer.counts).toEqual({ discovery: 1, jwks: 0 });
    expect(warnings).toHaveLength(1);
  });
});
