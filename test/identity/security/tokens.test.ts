import fc from 'fast-check';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  bob,
  type Door,
  type DoorOptions,
  jane,
  loopback,
  openDoor,
  postToken,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from '../support/door.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';

const day = 86_400;
let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());
afterEach(() => void vi.useRealTimers());

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
const invalidGrant = { error: 'invalid_grant' };

/** Moves the clock, of the provider and of the store. */
function pass(seconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + seconds * 1000);
}

async function open(options: DoorOptions): Promise<Door> {
  const fresh = await openDoor(options);
  onTestFinished(() => fresh.close());
  return fresh;
}

describe('S-030: a code', () => {
  it.each([
    [58, 'fulfilled'],
    [61, 'rejected'],
  ])('after %i seconds: %s', async (seconds, status) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const page = await walk(door.browser(), attempt.url);
    pass(seconds);
    const [result] = await Promise.allSettled([redeem(config, attempt, page.url)]);
    expect(result?.status).toBe(status);
    if (result?.status === 'rejected') expect(result.reason).toMatchObject(invalidGrant);
  });
});

describe('S-031: a code', () => {
  it('is on no page of ours, in no log line, and leaves with no referrer', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const { callback } = await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid' });
    const code = new URL(callback).searchParams.get('code') ?? '';
    const carrying = browser.seen.filter(
      ({ headers, body }) => body.includes(code) || headers.get('location')?.includes(code),
    );
    expect(carrying.map(({ status, body }) => [status, body.includes('<')])).toEqual([[303, false]]);
    for (const { headers } of browser.seen) expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(JSON.stringify(door.log)).not.toContain(code);
    expect(carrying[0]?.headers.get('cache-control')).toContain('no-store');
  });
});

describe('S-033 S-038 T2: refresh tokens', () => {
  const refreshTokens = { absoluteLifetime: 30 * day * 1000, validIfNotUsedFor: 14 * day * 1000 };
  const accounts = [
    ['kubectl', undefined, loopback],
    ['web', 'web-secret', webRedirect],
  ] as const;

  it.each(accounts)(
    'of %s live on by being used, up to their absolute end',
    async (id, secret, redirect_uri) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const strict = await open({ expiry: { refreshTokens } });
      const config = await strict.relyingParty(id, secret);
      let { tokens }: { tokens: client.TokenEndpointResponse } = await signInFor(config, strict.browser(), {
        ...offline,
        redirect_uri,
      });
      for (const _ of ['day 13', 'day 26']) {
        pass(13 * day);
        const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
        expect(next.refresh_token).not.toBe(tokens.refresh_token);
        tokens = next;
      }
      pass(5 * day);
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(
        invalidGrant,
      );
    },
  );

  it('die when they are not used', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const strict = await open({ expiry: { refreshTokens } });
    const config = await strict.relyingParty('kubectl');
    const { tokens } = await signInFor(config, strict.browser(), offline);
    pass(14 * day + 1);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(
      invalidGrant,
    );
  });

  it('have an end also where nothing is configured', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const config = await door.relyingParty('kubectl');
    let { refresh_token: token = '' } = (await signInFor(config, door.browser(), offline)).tokens;
    for (let days = 0; days < 84; days += 12) {
      pass(12 * day);
      token = (await client.refreshTokenGrant(config, token)).refresh_token ?? '';
    }
    pass(12 * day);
    await expect(client.refreshTokenGrant(config, token)).rejects.toMatchObject(invalidGrant);
  });
});

describe('S-044 T12: a token in the place of another', () => {
  it('is refused', async () => {
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, offline);
    const { url } = await walk(door.browser(), attempt.url);
    const { tokens } = await signInFor(config, door.browser(), offline);
    const values = {
      code: new URL(url).searchParams.get('code') ?? '',
      access: tokens.access_token,
      refresh: tokens.refresh_token ?? '',
      id: tokens.id_token ?? '',
    };
    expect(values.access.split('.')).toHaveLength(1);
    const places: Record<string, { takes: string; send: (token: string) => Promise<number> }> = {
      userinfo: {
        takes: 'access',
        send: async (token) =>
          (await fetch(`${door.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status,
      },
      'refresh token': {
        takes: 'refresh',
        send: async (refresh_token) =>
          (await postToken(door, { grant_type: 'refresh_token', client_id: 'kubectl', refresh_token }))
            .status,
      },
      code: {
        takes: 'code',
        send: async (code) =>
          (
            await postToken(door, {
              grant_type: 'authorization_code',
              client_id: 'kubectl',
              redirect_uri: loopback,
              code_verifier: attempt.verifier,
              code,
            })
          ).status,
      },
    };
    const hint = async (id_token_hint: string) => {
      const { url: asked } = await startAuthorization(config, { ...offline, prompt: 'none', id_token_hint });
      return new URL((await door.browser().open(asked)).url).searchParams.get('error');
    };
    for (const [place, { takes, send }] of Object.entries(places)) {
      for (const [kind, token] of Object.entries(values)) {
        const status = await send(token);
        if (kind === takes) expect(status, `${kind} as ${place}`).toBe(200);
        else expect([400, 401], `${kind} as ${place}`).toContain(status);
      }
    }
    expect(await Promise.all(Object.values(values).map(hint))).toEqual([
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'login_required',
    ]);
  });
});

describe('S-046: what has a token in it, or is about one', () => {
  const secret = { client_id: 'web', client_secret: 'web-secret' };
  const about: Record<string, (tokens: client.TokenEndpointResponse) => Promise<Response>> = {
    '/token': ({ refresh_token = '' }) => send('/token', { grant_type: 'refresh_token', refresh_token }),
    '/token, refusing': () => send('/token', { grant_type: 'refresh_token', refresh_token: 'x' }),
    '/userinfo': ({ access_token }) =>
      fetch(`${door.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } }),
    '/userinfo, refusing': () => fetch(`${door.issuer}/userinfo`),
    '/token/introspect': ({ access_token: token }) => send('/token/introspect', { token }),
    '/device/code': () => send('/device/code', { client_id: 'kubectl', client_secret: '', scope: 'openid' }),
    '/par': () =>
      send('/par', { response_type: 'code', redirect_uri: webRedirect, scope: 'openid', state: 'x' }),
  };
  const send = (path: string, parameters: Record<string, string>) =>
    fetch(`${door.issuer}${path}`, {
      method: 'POST',
      body: new URLSearchParams(Object.entries({ ...secret, ...parameters }).filter(([, value]) => value)),
    });

  it.each(Object.keys(about))('is kept by no cache: %s', async (name) => {
    const config = await door.relyingParty('web', 'web-secret');
    const asked = { ...offline, redirect_uri: webRedirect };
    const { tokens } = await signInFor(config, door.browser(), asked);
    const answer = await about[name]?.(tokens);
    const refused = name.includes('refusing');
    expect([answer?.ok, answer?.headers.get('cache-control')]).toEqual([!refused, 'no-store']);
  });
});

describe('S-047: an access token', () => {
  async function accessToken(): Promise<string> {
    const config = await door.relyingParty('kubectl');
    return (await signInFor(config, door.browser(), offline)).tokens.access_token;
  }

  const forms: Record<string, (token: string) => Promise<Pick<RawAnswer, 'status'>>> = {
    'in the query': (token) => fetch(`${door.issuer}/userinfo?access_token=${token}`),
    'in the header and in the body': (token) =>
      fetch(`${door.issuer}/userinfo`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ access_token: token }),
      }),
    'twice in the body': (token) =>
      fetch(`${door.issuer}/userinfo`, {
        method: 'POST',
        body: new URLSearchParams(`access_token=${token}&access_token=${token}`),
      }),
    'as a DPoP token': (token) =>
      fetch(`${door.issuer}/userinfo`, { headers: { authorization: `DPoP ${token}` } }),
    'with a word more': (token) =>
      fetch(`${door.issuer}/userinfo`, { headers: { authorization: `Bearer ${token} x` } }),
    'in two headers': (token) =>
      rawRequest(door, '/userinfo', [
        ...['Host', new URL(door.issuer).host],
        ...['Authorization', 'Bearer x'],
        ...['Authorization', `Bearer ${token}`],
      ]),
  };

  it.each(Object.entries(forms))('is not taken %s', async (_name, send) => {
    const { status } = await send(await accessToken());
    expect([400, 401]).toContain(status);
  });
});

describe('S-048: claims', () => {
  it('have the types of the standard', async () => {
    const config = await door.relyingParty('kubectl');
    const { tokens } = await signInFor(config, door.browser(), offline);
    expect(tokens.claims()).toMatchObject({
      sub: expect.any(String),
      email_verified: true,
      groups: jane.groups,
      exp: expect.any(Number),
      iat: expect.any(Number),
    });
  });

  it('name a person by the configured id and nothing else, so that no two are one', async () => {
    const id = fc.stringMatching(/^[!-~]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(id, { minLength: 2, maxLength: 2 }),
        async ([first = '', second = '']) => {
          const passwords = [
            { ...jane, userID: first },
            { ...bob, userID: second },
          ];
          const named = await openDoor({ passwords });
          try {
            const config = await named.relyingParty('kubectl');
            const subs = [];
            for (const username of ['jane', 'bob']) {
              const person = { username, password: 'password' };
              subs.push((await signInFor(config, named.browser(), offline, person)).tokens.claims()?.sub);
            }
            expect(subs).toEqual([first, second]);
          } finally {
            await named.close();
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
