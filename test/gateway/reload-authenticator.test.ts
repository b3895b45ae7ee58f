import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestOfConnection, TokenOutcome } from '../../src/gateway/authenticate/index.ts';
import {
  createReloadableAuthenticator,
  type ReloadableAuthenticator,
} from '../../src/gateway/reload-authenticator.ts';
import { createECKey, type SigningKey, signToken } from './authenticate/sign-token.ts';

const ours = createECKey('ours');
const theirs = createECKey('theirs');
const builtIn = 'https://idp.example';
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface FakeIssuer {
  url: string;
  requests: number;
  sockets: number;
  refusing: boolean;
  stop(): void;
}

async function startIssuer(): Promise<FakeIssuer> {
  const server = createServer((request, response) => {
    issuer.requests += 1;
    if (issuer.refusing) return void response.writeHead(503).end();
    if (request.url === '/keys') response.end(JSON.stringify({ keys: [theirs.jwk] }));
    else response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
  });
  const issuer: FakeIssuer = {
    url: '',
    requests: 0,
    sockets: 0,
    refusing: false,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  server.on('connection', (socket) => {
    issuer.sockets += 1;
    socket.on('close', () => {
      issuer.sockets -= 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanups.push(issuer.stop);
  return issuer;
}

const entry = (url: string, prefix: string): string =>
  `- issuer: {url: "${url}", audiences: [kubernetes]}\n  claimMappings: {username: {expression: "'${prefix}' + claims.sub"}}\n`;
const file = (...entries: string[]): string =>
  `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n${entries.join('')}`;

function tokenOf(iss: string, key: SigningKey): string {
  return signToken(key, { iss, aud: 'kubernetes', sub: 'alice', exp: Math.floor(Date.now() / 1000) + 600 });
}

function setUp(first: string): { authenticator: ReloadableAuthenticator; write(text: string): void } {
  let text = first;
  const authenticator = createReloadableAuthenticator({
    load: () => ({ text, file: 'authentication.yaml' }),
    builtIn: { issuer: builtIn, jwks: () => ({ keys: [ours.jwk] }) },
    now: Date.now,
    log: { warn: () => undefined },
    deadline: 300,
    retryAfter: 20,
    loadAgainAfter: 20,
    closeAfter: 0,
  });
  cleanups.push(() => authenticator.close());
  return {
    authenticator,
    write: (next) => {
      text = next;
    },
  };
}

async function nameOf(authenticator: ReloadableAuthenticator, token: string): Promise<string> {
  const outcome = await authenticator.authenticate(['Authorization', `Bearer ${token}`], '/');
  return outcome.outcome === 'authenticated' ? outcome.user.username : outcome.outcome;
}

const good = tokenOf(builtIn, ours);
const carols: RequestOfConnection = { socket: new Socket() };
const accepted = (username: string): TokenOutcome => ({
  outcome: 'authenticated',
  user: { username, groups: [] },
  expiresAt: Number.POSITIVE_INFINITY,
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe('createReloadableAuthenticator', () => {
  it('applies new mappings to a token that it remembers, and ignores identical bytes', async () => {
    const { authenticator, write } = setUp(file(entry(builtIn, 'a:')));
    expect(await nameOf(authenticator, good)).toBe('a:alice');
    expect(await authenticator.reload()).toBe('unchanged');
    write(file(entry(builtIn, 'b:')));
    expect(await nameOf(authenticator, good)).toBe('a:alice');
    expect(await authenticator.reload()).toBe('reloaded');
    expect(await nameOf(authenticator, good)).toBe('b:alice');
  });

  it('counts the issuers without keys, asks them again by itself, and serves the others meanwhile', async () => {
    const issuer = await startIssuer();
    issuer.refusing = true;
    const { authenticator } = setUp(file(entry(builtIn, 'a:'), entry(issuer.url, 'b:')));
    await until(() => issuer.requests > 1);
    expect(authenticator.issuers()).toEqual({ total: 2, withoutKeys: 1 });
    expect(await nameOf(authenticator, good)).toBe('a:alice');
    issuer.refusing = false;
    await until(() => authenticator.issuers().withoutKeys === 0);
    issuer.refusing = true;
    expect(await nameOf(authenticator, tokenOf(issuer.url, theirs))).toBe('b:alice');
    expect(authenticator.issuers()).toEqual({ total: 2, withoutKeys: 0 });
  });

  it.each([
    ['nothing', '', 'authentication.yaml:1:1: empty config data'],
    ['no YAML', '{', 'yaml: '],
    [
      'an expression that does not compile',
      file(entry(builtIn, "' + nope + '")),
      "undeclared reference to 'nope'",
    ],
    [
      'another anonymous section',
      `${file(entry(builtIn, 'b:'))}anonymous: {enabled: true}\n`,
      'anonymous: Forbidden: changed from initial configuration file',
    ],
  ])('keeps the last good configuration when the file says %s', async (_, text, reason) => {
    const { authenticator, write } = setUp(file(entry(builtIn, 'a:')));
    write(text);
    const outcome = await authenticator.reload();
    expect(typeof outcome === 'object' ? outcome.refused.message : outcome).toContain(reason);
    expect(await nameOf(authenticator, good)).toBe('a:alice');
    write(file(entry(builtIn, 'c:')));
    expect(await authenticator.reload()).toBe('reloaded');
  });

  it('keeps the last good configuration when the file cannot be read', async () => {
    let broken = false;
    const authenticator = createReloadableAuthenticator({
      load: () => {
        if (broken) throw new Error('no such file');
        return { text: file(entry(builtIn, 'a:')), file: 'authentication.yaml' };
      },
      builtIn: { issuer: builtIn, jwks: () => ({ keys: [ours.jwk] }) },
      now: Date.now,
      log: { warn: () => undefined },
    });
    cleanups.push(() => authenticator.close());
    broken = true;
    expect(await authenticator.reload()).toEqual({ refused: new Error('no such file') });
    expect(await nameOf(authenticator, good)).toBe('a:alice');
  });

  it('accepts tokens of an added issuer at once, and no longer after it is removed', async () => {
    const issuer = await startIssuer();
    const token = tokenOf(issuer.url, theirs);
    const { authenticator, write } = setUp(file(entry(builtIn, 'a:')));
    expect(await nameOf(authenticator, token)).toBe('unauthorized');
    write(file(entry(builtIn, 'a:'), entry(issuer.url, 'r:')));
    expect(await authenticator.reload()).toBe('reloaded');
    expect(issuer.requests).toBe(2);
    expect(await nameOf(authenticator, token)).toBe('r:alice');
    write(file(entry(builtIn, 'a:')));
    expect(await authenticator.reload()).toBe('reloaded');
    expect(await nameOf(authenticator, token)).toBe('unauthorized');
    // The connections of the removed issuer's key source are closed.
    await expect.poll(() => issuer.sockets).toBe(0);
  });

  it('keeps everything as it was when a new issuer does not answer in time', async () => {
    const issuer = await startIssuer();
    issuer.stop();
    const { authenticator, write } = setUp(file(entry(builtIn, 'a:')));
    write(file(entry(builtIn, 'b:'), entry(issuer.url, 'r:')));
    const outcome = await authenticator.reload();
    expect(typeof outcome === 'object' ? outcome.refused.message : outcome).toBe(
      'authentication.yaml: the keys of a new issuer could not be loaded in time',
    );
    expect(await nameOf(authenticator, good)).toBe('a:alice');
  });

  it('keeps the keys of an issuer that is down and stays configured', async () => {
    const issuer = await startIssuer();
    const token = tokenOf(issuer.url, theirs);
    const { authenticator, write } = setUp(file(entry(issuer.url, 'a:')));
    expect(await nameOf(authenticator, token)).toBe('a:alice');
    issuer.stop();
    write(file(entry(issuer.url, 'b:')));
    expect(await authenticator.reload()).toBe('reloaded');
    expect(await nameOf(authenticator, token)).toBe('b:alice');
  });

  it('keeps the other authenticators, and shows them what no configured issuer knows any longer', async () => {
    let text = file(entry(builtIn, 'a:'));
    const reviewed: string[] = [];
    const authenticator = createReloadableAuthenticator({
      load: () => ({ text, file: 'authentication.yaml' }),
      builtIn: { issuer: builtIn, jwks: () => ({ keys: [ours.jwk] }) },
      authenticateCertificate: (request) => (request === carols ? accepted('carol') : { outcome: 'notMine' }),
      tokenReviewer: {
        authenticate: (token) => {
          reviewed.push(token);
          return accepted('robot');
        },
      },
      now: Date.now,
      log: { warn: () => undefined },
    });
    cleanups.push(() => authenticator.close());
    expect(await nameOf(authenticator, good)).toBe('a:alice');
    expect(reviewed).toEqual([]);
    text = file();
    expect(await authenticator.reload()).toBe('reloaded');
    expect(await nameOf(authenticator, good)).toBe('robot');
    expect(reviewed).toEqual([good]);
    expect(await authenticator.authenticate([], '/', carols)).toMatchObject({ user: { username: 'carol' } });
  });

  it('reloads one at a time, and not after it is closed', async () => {
    const { authenticator, write } = setUp(file(entry(builtIn, 'a:')));
    write(file(entry(builtIn, 'b:')));
    expect(await Promise.all([authenticator.reload(), authenticator.reload()])).toEqual([
      'reloaded',
      'unchanged',
    ]);
    await authenticator.close();
    expect(await authenticator.reload()).toEqual({ refused: new Error('the authenticator is closed') });
  });
});
