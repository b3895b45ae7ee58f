import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hostileTokens } from '../test/gateway/authenticate/hostile-tokens.ts';
import { createECKey, createRSAKey, signToken } from '../test/gateway/authenticate/sign-token.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { protocols } from './support/raw-request.ts';

const rsa = createRSAKey('rsa');
const ec = createECKey('ec');
const other = createRSAKey('other');
/** Of one key of the issuer, and of what nobody may fetch. */
const asked: string[] = [];
const issuer = createServer((request, response) => {
  asked.push(request.url ?? '');
  const document =
    request.url === '/keys' ? { keys: [rsa.jwk, ec.jwk] } : { issuer: url, jwks_uri: `${url}/keys` };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
});
issuer.listen(0, '127.0.0.1');
await once(issuer, 'listening');
const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
const now = Math.floor(Date.now() / 1000);
const claims = { iss: url, aud: 'kubectl', sub: 'jane', groups: ['developers'], exp: now + 3600 };

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({
    files: {
      'config/demo/authentication.yaml': `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: '${url}', audiences: [kubectl] }
    claimMappings: { username: { claim: sub, prefix: "" }, groups: { claim: groups, prefix: "" } }
`,
    },
  });
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  const output = at === undefined ? '' : at.sallyport.stdout() + at.sallyport.stderr();
  await at?.close();
  issuer.closeAllConnections();
  issuer.close();
  expect(output).not.toMatch(/uncaught|unhandled| ERROR | FATAL |\n {4}at /);
  // What is signed and what signs: neither belongs into a log.
  const signed = signToken(ec, claims).split('.');
  for (const part of signed.slice(1)) expect(output).not.toContain(part);
});

describe.each(protocols)('a bearer token over %s', (protocol, send) => {
  const ask = (token: string) =>
    send(at.sallyport, { target: PODS, headers: [['Authorization', `Bearer ${token}`]] });

  it.each([
    ['RS256', signToken(rsa, claims)],
    ['PS512', signToken(rsa, claims, {}, 'PS512')],
    ['ES256', signToken(ec, claims)],
    ['without a kid', signToken(rsa, claims, { kid: undefined })],
    ['one second before its end would be early', signToken(rsa, { ...claims, nbf: now + 30 })],
    [
      'S-069: with jku and x5u, which are not followed',
      signToken(rsa, claims, { jku: `${url}/jku`, x5u: `${url}/x5u` }),
    ],
  ])('is taken: %s', async (_what, token) => {
    expect((await ask(token)).status).toBe(200);
    const { requests } = at.upstream.take();
    const raw = requests[0]?.rawHeaders ?? [];
    expect(raw[raw.indexOf('impersonate-user') + 1]).toBe('jane');
  });

  it.each(hostileTokens({ rsa, ec, other, claims }))(
    'is a 401, and nothing else: %s',
    async (_what, token) => {
      const { status, head, text } = await ask(token);
      // RFC 9113 §8.2.1: over HTTP/2, no value has a blank at its end.
      const isField = protocol === 'HTTP/1.1' || token !== '';
      expect(status).toBe(isField ? 401 : 400);
      expect(head).not.toMatch(/www-authenticate/i);
      // What is wrong with it is nobody's business.
      if (isField) expect(text).toContain('"message":"Unauthorized"');
      expect(at.upstream.take()).toEqual({ requests: [], bytes: [] });
    },
  );

  it.each([
    ['S-074: at its end', { exp: now }],
    ['S-074: a minute and more too early', { nbf: now + 3_600 }],
    ['S-074: without a time', { exp: undefined }],
  ])('is a 401: %s', async (_what, changes) => {
    expect((await ask(signToken(rsa, { ...claims, ...changes }))).status).toBe(401);
    expect(at.upstream.take().requests).toEqual([]);
  });

  it.each([
    [12_000, 200],
    [16_000, 200],
    [17_000, 401],
    [60_000, 401],
    [66_000, 431],
  ])('S-085: of about %i bytes is a %i', async (length, expected) => {
    const pad = 'x'.repeat((length * 3) / 4 - 400);
    const { status } = await ask(signToken(ec, { ...claims, pad }));
    // A single field beyond 64 KiB is none that nghttp2 reads: that ends the connection.
    const isField = protocol === 'HTTP/1.1' || expected !== 431;
    expect(status).toBe(isField ? expected : undefined);
    expect(at.upstream.take().requests).toHaveLength(status === 200 ? 1 : 0);
  });

  it('S-070: of an unknown key, over and over, has the keys fetched once', async () => {
    const fetched = () => asked.filter((path) => path === '/keys').length;
    const before = fetched();
    for (let count = 0; count < 40; count += 1) {
      expect((await ask(signToken({ ...other, kid: `unknown-${count}` }, claims))).status).toBe(401);
    }
    expect(fetched() - before).toBeLessThanOrEqual(1);
  });
});

it('S-069: nobody follows what a token names', () => {
  expect(new Set(asked)).toEqual(new Set(['/.well-known/openid-configuration', '/keys']));
});
