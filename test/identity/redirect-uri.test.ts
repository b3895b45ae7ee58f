import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLoopbackRedirectUri } from '../../src/identity/clients/redirect-uri.ts';
import type { ClientConfig } from '../../src/identity/index.ts';
import { redirectUriProblem } from '../../src/redirect-uri.ts';
import { type Door, openDoor, startAuthorization, webRedirect } from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    clients: [
      { id: 'web', secret: 'web-secret', redirectURIs: [webRedirect, 'https://app.example/second?fixed=1'] },
      { id: 'listed', public: true, redirectURIs: ['http://127.0.0.1:5555/callback'] },
      { id: 'app', public: true, redirectURIs: ['com.example.app:/callback'] },
    ],
  });
});
afterAll(() => door.close());

/** Whether /auth starts a sign-in for the redirect URI; if not, the refusal must be a page that leads nowhere. */
async function accepted(clientId: string, redirect_uri: string): Promise<boolean> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  });
  const response = await fetch(`${door.issuer}/auth?${query}`, {
    redirect: 'manual',
    headers: { accept: 'text/html' },
  });
  if (response.status === 303) {
    expect(response.headers.get('location')).toMatch(/^\/interaction\//);
    return true;
  }
  expect(response.status).toBe(400);
  expect(response.headers.get('location')).toBeNull();
  expect(await response.text()).not.toContain('http-equiv="refresh"');
  return false;
}

describe('S-001 S-002: a redirect URI counts only when equal byte for byte', () => {
  const almost = [
    'https://app.example/callback/',
    'https://app.example/Callback',
    'https://APP.example/callback',
    'HTTPS://app.example/callback',
    'https://app.example:443/callback',
    'https://app.example/callback?',
    'https://app.example/callback?x=1',
    'https://app.example/callback#',
    'https://app.example/callback#x',
    'https://user@app.example/callback',
    'https://sub.app.example/callback',
    'https://app.example.evil/callback',
    'https://app.example/callback.evil',
    'https://app.example/%63allback',
    'https://app.example/%2e/callback',
    'https://app.example/./callback',
    'https://app.example//callback',
    'https://app.example\\callback',
    'https://app.example/call\tback',
    'https://app.example/callback\n',
    ' https://app.example/callback',
    'https://app.example./callback',
    'http://app.example/callback',
    '//app.example/callback',
    'https://app.example/second?fixed=1&x=2',
    'https://app.example/second',
    'https://app.exаmple/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    '',
  ];
  it.each(almost)('refuses %j', async (uri) => {
    expect(await accepted('web', uri)).toBe(false);
  });

  it('accepts what is registered', async () => {
    expect(await accepted('web', webRedirect)).toBe(true);
    expect(await accepted('web', 'https://app.example/second?fixed=1')).toBe(true);
    expect(await accepted('app', 'com.example.app:/callback')).toBe(true);
  });

  it('accepts a mutation of a registered URI exactly when it is the URI itself', async () => {
    const mutation = fc
      .tuple(
        fc.nat(webRedirect.length),
        fc.nat(3),
        fc.constantFrom('', 'a', '/', '.', '%', '@', ':', '?', '#', '\\', '\u0000', 'é'),
      )
      .map(([at, cut, put]) => webRedirect.slice(0, at) + put + webRedirect.slice(at + cut));
    await fc.assert(
      fc.asyncProperty(mutation, async (uri) => {
        expect(await accepted('web', uri)).toBe(uri === webRedirect);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    'https%3A%2F%2Fapp.example%2Fcallback',
    'https://app.example/%2563allback',
    'https://app.example%2Fcallback',
  ])('S-006: is decoded once: %s', async (uri) => {
    expect(await accepted('web', uri)).toBe(false);
    expect(await accepted('web', encodeURIComponent(webRedirect))).toBe(false);
  });

  it('S-005: must be given even by a client with a single one', async () => {
    const response = await fetch(
      `${door.issuer}/auth?client_id=listed&response_type=code&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`,
      { redirect: 'manual' },
    );
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });
});

const loopbackTable: [string, boolean][] = [
  ['http://localhost:8000', true],
  ['http://localhost:18000/', true],
  ['http://localhost', true],
  ['http://127.0.0.1:1/any/path', true],
  ['http://127.0.0.1:65535/', true],
  ['http://[::1]:4711/cb', true],
  ['http://127.0.0.1:65536/', false],
  ['http://127.0.0.1:0/', false],
  ['http://127.0.0.1:/', false],
  ['http://127.0.0.1:080/', false],
  ['https://127.0.0.1:8000/', false],
  ['https://localhost/', false],
  ['http://127.1/', false],
  ['http://127.0.0.2/', false],
  ['http://0x7f.1/', false],
  ['http://0.0.0.0/', false],
  ['http://[::ffff:127.0.0.1]/', false],
  ['http://[0:0:0:0:0:0:0:1]/', false],
  ['http://LOCALHOST/', false],
  ['http://localhost.evil/', false],
  ['http://localhost.:8000/', false],
  ['http://evil/?http://localhost/', false],
  ['http://user@127.0.0.1/', false],
  ['http://localhost@evil/', false],
  ['http://localhost:80@evil/', false],
  ['http://localhost\\@evil/', false],
  ['http://localhost/cb?x=1', false],
  ['http://localhost/cb#x', false],
  ['http://localhost/%2e%2e', false],
  ['http://localhost/\n', false],
  ['//localhost/', false],
];

describe('S-004 T11: the port of a loopback redirect is free only for loopback clients', () => {
  it.each(loopbackTable)('kubectl, %j: %j', async (uri, expected) => {
    expect(isLoopbackRedirectUri(uri)).toBe(expected);
    expect(await accepted('kubectl', uri)).toBe(expected);
  });

  it('what is taken for loopback leads to this machine by the browser’s reading too', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        'http://',
        'localhost',
        '127.0.0.1',
        '[::1]',
        ':8000',
        '/',
        '@',
        '\\',
        '.',
        'evil',
        '#',
        '?',
        '%40',
      ),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 7 }), (parts) => {
        const uri = `http://localhost${parts.join('')}`;
        fc.pre(isLoopbackRedirectUri(uri));
        const url = new URL(uri);
        expect([url.protocol, url.hostname, url.username]).toEqual(['http:', 'localhost', '']);
      }),
    );
  });

  it.each([
    ['listed', 'http://127.0.0.1:5555/callback', true],
    ['listed', 'http://127.0.0.1:5556/callback', false],
    ['listed', 'http://localhost:5555/callback', false],
    ['web', 'http://localhost:5555/callback', false],
    ['app', 'http://localhost:5555/callback', false],
  ])('%s, %s: %j', async (clientId, uri, expected) => {
    expect(await accepted(clientId, uri)).toBe(expected);
  });
});

describe('S-003: redirect URIs that cannot be registered', () => {
  it.each([
    ['https://app.example/callback', undefined],
    ['http://app.example/callback', undefined],
    ['com.example.app:/callback', undefined],
    ['https://*.example/callback', 'has a wildcard'],
    ['https:app.example/callback', 'has no host behind //'],
    ['https:/app.example/callback', 'has no host behind //'],
    ['HTTPS:///app.example/callback', 'has no host behind //'],
    ['/callback', 'is not an absolute URI'],
    ['https://app.example/#x', 'has a fragment'],
    ['https://me@app.example/', 'has user information'],
    ['javascript:alert(1)', 'has the scheme javascript, which runs or shows content instead of leaving'],
    ['data:text/html,x', 'has the scheme data, which runs or shows content instead of leaving'],
    ['https://app.example/a b', 'holds characters that are not allowed in a URI'],
    ['https://app.example\\x', 'holds characters that are not allowed in a URI'],
    ['https://app.example/é', 'holds characters that are not allowed in a URI'],
  ])('%j: %s', (uri, problem) => {
    expect(redirectUriProblem(uri)).toBe(problem);
  });

  it('stop the start, naming client and URI', async () => {
    const clients = [{ id: 'odd', secret: 's', redirectURIs: ['https://*.example/'] }];
    await expect(openDoor({ clients })).rejects.toThrow(
      'redirect URI of client odd has a wildcard: https://*.example/',
    );
  });
});

describe('T15: clients that the provider would refuse when somebody signs in', () => {
  it.each<[string, Partial<ClientConfig>, string]>([
    ['a secret beyond ASCII', { secret: 'pâss' }, 'client x: invalid client_secret value'],
    ['an id with a line feed', { id: 'a\nb' }, 'client a\nb: invalid client_id value'],
    [
      'plain http elsewhere beside a scheme of its own',
      { redirectURIs: ['com.example.app:/callback', 'http://app.example/callback'] },
      'client x: redirect_uris for native clients using http as a protocol can only use loopback addresses as hostnames',
    ],
  ])('stop the start: %s', async (_name, change, message) => {
    const client = { id: 'x', secret: 'secret', redirectURIs: [webRedirect], ...change };
    await expect(openDoor({ clients: [client] })).rejects.toMatchObject({
      code: 'SP_IDENTITY_CLIENT_CONFIG',
      message,
    });
  });

  it('are not forgotten, however many there are', async () => {
    const clients = Array.from({ length: 150 }, (_, index) => ({
      id: `client-${index}`,
      secret: 'secret',
      redirectURIs: [`https://app-${index}.example/callback`],
    }));
    const many = await openDoor({ clients });
    try {
      for (const index of [0, 75, 149, 0]) {
        const redirect_uri = `https://app-${index}.example/callback`;
        const query = new URLSearchParams({
          client_id: `client-${index}`,
          redirect_uri,
          response_type: 'code',
          scope: 'openid',
        });
        const answer = await fetch(`${many.issuer}/auth?${query}`, { redirect: 'manual' });
        expect(answer.headers.get('location')).toMatch(/^\/interaction\//);
      }
    } finally {
      await many.close();
    }
  });
});

describe('clients in Dex’s configuration', () => {
  it.each([
    [{ id: 'a', redirectURIs: [webRedirect] }, 'client a has no secret and is not public'],
    [{ id: 'a', secret: 's' }, 'client a has no redirectURIs'],
  ])('%j: %s', async (one, message) => {
    await expect(openDoor({ clients: [one] })).rejects.toThrow(message);
  });

  it('may define kubectl themselves, and may list Dex’s own redirect URIs', async () => {
    const own = await openDoor({
      clients: [{ id: 'kubectl', secret: 'mine', redirectURIs: ['/device/callback', webRedirect] }],
    });
    try {
      const config = await own.relyingParty('kubectl', 'mine');
      const page = await own
        .browser()
        .open((await startAuthorization(config, { redirect_uri: webRedirect, scope: 'openid' })).url);
      expect(page.title).toContain('Sign in');
    } finally {
      await own.close();
    }
  });
});
