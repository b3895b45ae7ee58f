import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Door,
  openDoor,
  signInFor,
  startAuthorization,
  webClient,
  webRedirect,
} from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

const good = {
  client_id: 'web',
  redirect_uri: webRedirect,
  response_type: 'code',
  scope: 'openid',
  state: 'the-state',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
};

function authorize(query: string): Promise<Response> {
  return fetch(`${door.issuer}/auth?${query}`, { redirect: 'manual', headers: { accept: 'text/html' } });
}

function changed(change: Record<string, string | undefined>): string {
  const entries = Object.entries({ ...good, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(entries).toString();
}

describe('requests that are answered with an error at the client', () => {
  it.each<[string, Record<string, string | undefined>, string]>([
    ['S-012: plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['S-012: no method, which would mean plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['S-012: 42 characters', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
    ['S-012: 129 characters', { code_challenge: 'a'.repeat(129) }, 'invalid_request'],
    ['S-012: an illegal character', { code_challenge: `${'a'.repeat(42)}!` }, 'invalid_request'],
    ['S-009: none', { response_type: 'none' }, 'unsupported_response_type'],
    ['S-010: form_post', { response_mode: 'form_post' }, 'unsupported_response_mode'],
    ['S-010: fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['S-010: web_message', { response_mode: 'web_message' }, 'unsupported_response_mode'],
    ['S-010: jwt', { response_mode: 'jwt' }, 'unsupported_response_mode'],
    ['S-010: one that nobody knows', { response_mode: 'x' }, 'unsupported_response_mode'],
    ['S-018: prompt=none with nobody signed in', { prompt: 'none' }, 'login_required'],
    ['S-018: prompt=none with another', { prompt: 'none login' }, 'invalid_request'],
    ['S-020: a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['S-020: a request URI', { request_uri: 'https://169.254.169.254/' }, 'request_uri_not_supported'],
    ['S-022: a quote in scope', { scope: 'openid "email"' }, 'invalid_scope'],
    ['S-022: no scope', { scope: undefined }, 'invalid_scope'],
    ['S-022: no openid in scope', { scope: 'email' }, 'invalid_scope'],
    ['S-022: two blanks in scope', { scope: 'openid  email' }, 'invalid_scope'],
    ['S-022: a tab in scope', { scope: 'openid\temail' }, 'invalid_scope'],
    ['S-022: a letter beyond ASCII in scope', { scope: 'openid é' }, 'invalid_scope'],
    [
      'S-022: an audience that does not trust the client',
      { scope: 'openid audience:server:client_id:kubectl' },
      'invalid_scope',
    ],
    ['S-018: prompt=none and max_age=0', { prompt: 'none', max_age: '0' }, 'login_required'],
    ['S-018: max_age that is no number', { max_age: '-1' }, 'invalid_request'],
    ['S-022: a NUL in scope', { scope: 'openid\0' }, 'invalid_scope'],
    ['S-019: a hint that is no token', { id_token_hint: 'x' }, 'invalid_request'],
  ])('%s', async (_name, change, error) => {
    const response = await authorize(changed(change));
    const location = new URL(response.headers.get('location') ?? '', door.issuer);
    expect(response.status).toBe(303);
    expect(location.origin + location.pathname).toBe(webRedirect);
    const answer = new URLSearchParams(
      change['response_mode'] === 'fragment' ? location.hash.slice(1) : location.search,
    );
    expect(Object.fromEntries(answer)).toMatchObject({ error, state: 'the-state', iss: door.issuer });
    expect(answer.has('code')).toBe(false);
  });

  it.each(['token', 'id_token', 'code id_token', 'code token', 'id_token token'])(
    'S-009: %s',
    async (response_type) => {
      const response = await authorize(changed({ response_type, nonce: 'n' }));
      const location = new URL(response.headers.get('location') ?? '', door.issuer);
      expect(new URLSearchParams(location.hash.slice(1)).get('error')).toBe('unsupported_response_type');
    },
  );
});

describe('S-007: a parameter that is there twice', () => {
  it.each(['state', 'scope', 'response_type', 'nonce', 'prompt', 'code_challenge'])('%s', async (name) => {
    const twice = new URLSearchParams([
      ...new URLSearchParams(changed({ nonce: 'n', prompt: 'login' })),
      [name, 'another'],
    ]);
    const response = await authorize(twice.toString());
    const location = new URL(response.headers.get('location') ?? '', door.issuer);
    expect(location.origin + location.pathname).toBe(webRedirect);
    expect(location.searchParams.get('error')).toBe('invalid_request');
    // Of two neither is the application's.
    expect(location.searchParams.get('state')).toBe(name === 'state' ? null : 'the-state');
  });
});

describe('parameters that are no others', () => {
  const interaction = /^\/interaction\/[\w-]{43}$/;

  it.each([
    'state[]=x',
    'a[b]=c',
    'a[4000000000]=x',
    'scope[0]=email',
    '__proto__[x]=y',
    'constructor[prototype][x]=1',
    'toString=x',
  ])('S-008: %s is none that is known', async (more) => {
    const response = await authorize(`${changed({})}&${more}`);
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(interaction),
    ]);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it.each(['email openid', 'openid unknown', 'openid openid'])(
    'S-022: the scope %j will do',
    async (scope) => {
      expect((await authorize(changed({ scope }))).headers.get('location')).toMatch(interaction);
    },
  );

  it('S-025: an origin is told nothing', async () => {
    const response = await fetch(`${door.issuer}/auth?${changed({})}`, {
      redirect: 'manual',
      headers: { origin: 'https://evil.example' },
    });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('S-011: a request without code_challenge', () => {
  const bare = { code_challenge: undefined, code_challenge_method: undefined };
  const publicWeb = { id: 'spa', name: 'SPA', public: true, redirectURIs: ['https://spa.example/callback'] };

  async function answerOf(at: Door, change: Record<string, string | undefined>): Promise<string> {
    const response = await fetch(`${at.issuer}/auth?${changed({ ...bare, ...change })}`, {
      redirect: 'manual',
    });
    const { searchParams, pathname } = new URL(response.headers.get('location') ?? '', at.issuer);
    return searchParams.get('error') ?? pathname.replace(/[^/]*$/, '');
  }

  it.each<[boolean, string, string, string]>([
    [false, 'web', webRedirect, '/interaction/'],
    [false, 'kubectl', 'http://127.0.0.1:8000/', 'invalid_request'],
    [false, 'spa', 'https://spa.example/callback', 'invalid_request'],
    [true, 'web', webRedirect, 'invalid_request'],
  ])(
    'with PKCE enforced %s, of the client %s at %s: %s',
    async (enforcePkce, client_id, redirect_uri, answer) => {
      const at = await openDoor({ enforcePkce, clients: [webClient, publicWeb] });
      try {
        expect(await answerOf(at, { client_id, redirect_uri })).toBe(answer);
      } finally {
        await at.close();
      }
    },
  );
});

describe('requests that are answered with a page and lead nowhere', () => {
  it.each<[string, string]>([
    ['S-016: an unknown client', changed({ client_id: 'nobody' })],
    ['no client', changed({ client_id: undefined })],
    ['S-007: two clients', `${changed({})}&client_id=kubectl`],
    [
      'S-007: two redirect URIs',
      `${changed({})}&redirect_uri=${encodeURIComponent('https://evil.example/')}`,
    ],
    ['S-008: client_id[]', changed({ client_id: undefined, 'client_id[]': 'web' })],
    ['S-008: __proto__', changed({ client_id: '__proto__' })],
    ['S-008: constructor', changed({ client_id: 'constructor' })],
    [
      'S-016: an error with a bad redirect URI',
      changed({ redirect_uri: 'https://evil.example/', prompt: 'none' }),
    ],
  ])('%s', async (_name, query) => {
    const response = await authorize(query);
    const body = await response.text();
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(body).toContain('<title>Error: Something went wrong – Sallyport</title>');
    expect(body).not.toContain('evil.example');
  });

  it.each(['PUT', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS'])('S-025: %s on /auth is 405', async (method) => {
    const response = await fetch(`${door.issuer}/auth?${changed({})}`, { method, redirect: 'manual' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('answers to the client', () => {
  it('S-015: carry iss, on success as on refusal', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const { callback } = await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid' });
    expect(new URL(callback).searchParams.get('iss')).toBe(door.issuer);
    const page = await browser.open(
      (await startAuthorization(config, { redirect_uri: webRedirect, scope: 'openid', prompt: 'consent' }))
        .url,
    );
    const answer = new URL((await browser.submit(page, {}, '/abort')).url);
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({
      error: 'access_denied',
      iss: door.issuer,
    });
  });

  const parameters = { redirect_uri: webRedirect, scope: 'openid' };

  it.each([{ prompt: 'login' }, { max_age: '0' }])(
    'S-018: %j asks again and moves auth_time; prompt=none then needs no page',
    async (again) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      onTestFinished(() => void vi.useRealTimers());
      const config = await door.relyingParty('web', 'web-secret');
      const browser = door.browser();
      const first = await signInFor(config, browser, parameters);
      vi.setSystemTime(Date.now() + 10_000);
      const before = browser.seen.length;
      const second = await signInFor(config, browser, { ...parameters, ...again });
      expect(browser.seen.slice(before).some(({ body }) => body.includes('name="password"'))).toBe(true);
      const moved = Number(second.tokens.claims()?.auth_time) - Number(first.tokens.claims()?.auth_time);
      expect(moved).toBe(10);
      const silent = await browser.open(
        (await startAuthorization(config, { ...parameters, prompt: 'none' })).url,
      );
      expect(new URL(silent.url).searchParams.has('code')).toBe(true);
    },
  );

  it.each<[string, Record<string, string>, string]>([
    ['somebody who would have to sign in again', { max_age: '0' }, 'login_required'],
    ['what nobody has consented to', { scope: 'openid email' }, 'consent_required'],
  ])('S-018: prompt=none shows no page for %s', async (_what, more, error) => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await signInFor(config, browser, parameters);
    const before = browser.seen.length;
    const { url, state } = await startAuthorization(config, { ...parameters, prompt: 'none', ...more });
    const answer = new URL((await browser.open(url)).url);
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({ error, state, iss: door.issuer });
    expect(browser.seen.slice(before).every(({ status }) => status === 303)).toBe(true);
  });
});
