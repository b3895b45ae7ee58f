import * as jose from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/index.ts';
import { bob, type Door, jane, openDoor, signInFor, webClient, webRedirect } from '../support/door.ts';
import { rawRequest } from '../support/raw-request.ts';

const odd = { id: 'a:b c', secret: 'p%:+ s', redirectURIs: ['https://odd.example/callback'] };
let door: Door;
beforeAll(async () => {
  door = await openDoor({ clients: [webClient, odd] });
});
afterAll(() => door.close());

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
/** RFC 6749 §2.3.1: id and secret are form-encoded first. */
const basic = (id: string, secret: string) => {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${base64(`${encode(id)}:${encode(secret)}`)}`;
};

interface Answer {
  readonly status: number;
  readonly error: unknown;
  readonly description: unknown;
  readonly headers: Headers;
}

/** A refresh that only fails for the token when the client is known: `invalid_grant` means authenticated. */
async function authenticate(
  parameters: Record<string, string>,
  authorization?: string,
  at = door,
): Promise<Answer> {
  const response = await fetch(`${at.issuer}/token`, {
    method: 'POST',
    headers: authorization === undefined ? {} : { authorization },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(43), ...parameters }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  const { status, headers } = response;
  return { status, error: body['error'], description: body['error_description'], headers };
}

describe('S-050: the Authorization header of a client', () => {
  it.each<[string, string]>([
    ['with its secret', basic('web', 'web-secret')],
    ['with a colon, blanks and letters that have to be encoded', basic(odd.id, odd.secret)],
    ['with the scheme in lower case', basic('web', 'web-secret').replace('Basic', 'basic')],
  ])('is taken %s', async (_name, authorization) => {
    expect(await authenticate({}, authorization)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it.each<[string, string, Record<string, string>?]>([
    ['without a colon', `Basic ${base64('web')}`],
    ['with an empty secret', basic('web', '')],
    ['with an empty id', basic('', 'web-secret')],
    ['with a colon that is not encoded', `Basic ${base64('a:b+c:x')}`],
    ['that is not UTF-8', `Basic ${base64(Buffer.from([0x77, 0xff, 0x3a, 0xfe]))}`],
    ['that is not base64', 'Basic %%%'],
    ['with a broken escape', `Basic ${base64('web:%zz')}`],
    ['of another scheme', 'Digest username="web"'],
    ['with nothing behind the scheme', 'Basic'],
    ['and the secret in the body too', basic('web', 'web-secret'), { client_secret: 'web-secret' }],
    ['and another client in the body', basic('web', 'web-secret'), { client_id: 'kubectl' }],
  ])('is refused %s', async (_name, authorization, parameters = {}) => {
    const { status, error } = await authenticate(parameters, authorization);
    expect([400, 401]).toContain(status);
    expect(['invalid_request', 'invalid_client']).toContain(error);
  });
});

it.each(['/token', '/token/introspect', '/userinfo', '/register'])(
  'S-050 S-208: two Authorization headers at %s are none',
  async (path) => {
    const secret = basic('web', 'web-secret');
    const sent = { method: 'POST', body: 'grant_type=client_credentials' };
    const headers = ['host', `127.0.0.1:${door.port}`, 'content-type', 'application/x-www-form-urlencoded'];
    const one = [...headers, 'authorization', secret];
    const { status, body } = await rawRequest(
      door,
      path,
      [...one, 'Authorization', 'Basic b3RoZXI6eA=='],
      sent,
    );
    expect(status).toBe(400);
    expect(body).toContain('more than one Authorization header');
    expect((await rawRequest(door, path, one, sent)).body).not.toContain('more than one');
  },
);

describe('S-051: an unknown client and a wrong secret', () => {
  it('get one answer', async () => {
    const answers = await Promise.all([
      authenticate({}, basic('web', 'wrong')),
      authenticate({}, basic('nobody', 'wrong')),
    ]);
    const [wrong, unknown] = answers.map(({ headers: _, ...answer }) => answer);
    expect(wrong).toEqual({ status: 401, error: 'invalid_client', description: expect.any(String) });
    expect(unknown).toEqual(wrong);
    expect(answers[0]?.headers.get('www-authenticate')).toMatch(/^Basic /);
  });
});

describe('S-052: how a client authenticates', () => {
  it.each<[string, Record<string, string>, string | undefined, string]>([
    ['with a secret, in the header', {}, basic('web', 'web-secret'), 'invalid_grant'],
    [
      'with a secret, in the body',
      { client_id: 'web', client_secret: 'web-secret' },
      undefined,
      'invalid_grant',
    ],
    ['with a secret, which it leaves out', { client_id: 'web' }, undefined, 'invalid_client'],
    [
      'with a secret, and sends a wrong one',
      { client_id: 'web', client_secret: 'x' },
      undefined,
      'invalid_client',
    ],
    ['public', { client_id: 'kubectl' }, undefined, 'invalid_grant'],
    ['public, and sends a secret', { client_id: 'kubectl', client_secret: 'x' }, undefined, 'invalid_client'],
    ['public, and sends a header', {}, basic('kubectl', 'x'), 'invalid_client'],
    ['not at all', {}, undefined, 'invalid_request'],
  ])('%s', async (_name, parameters, authorization, error) => {
    expect((await authenticate(parameters, authorization)).error).toBe(error);
  });
});

describe('S-053 S-054 S-055 T10: an assertion in place of the secret', () => {
  const claims = () => ({ iss: 'web', sub: 'web', aud: door.issuer, jti: crypto.randomUUID() });
  const bySecret = (aud?: string) =>
    new jose.SignJWT({ ...claims(), ...(aud === undefined ? {} : { aud }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode('web-secret'));
  const byOwnKey = async () => {
    const { privateKey } = await jose.generateKeyPair('ES256');
    return new jose.SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
  };

  it.each<[string, () => Promise<string> | string, number?, string?]>([
    // Before anybody's keys are looked for.
    ['that is none', () => 'x', 400, 'invalid_request'],
    ['signed with the secret', bySecret],
    ['signed with the secret, for the token endpoint', () => bySecret(`${door.issuer}/token`)],
    ['signed with a key that nobody registered', byOwnKey],
    ['without signature', () => new jose.UnsecuredJWT(claims()).encode()],
  ])('is refused, %s', async (_name, assertion, wanted = 401, why = 'invalid_client') => {
    const { status, error } = await authenticate({
      client_id: 'web',
      client_assertion: await assertion(),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect([status, error]).toEqual([wanted, why]);
  });

  it('with the secret as a key is not offered', async () => {
    const { token_endpoint_auth_methods_supported: methods } = (await (
      await fetch(`${door.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, string[]>;
    expect(methods).toContain('client_secret_basic');
    expect(methods).not.toContain('client_secret_jwt');
  });
});

describe('S-059: grants that are not served', () => {
  it.each([
    'password',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'urn:openid:params:grant-type:ciba',
    'nonsense',
    '__proto__',
    '',
  ])('%j', async (grant_type) => {
    const person = { username: 'jane', password: 'password', scope: 'openid' };
    for (const id of ['web', 'kubectl']) {
      const client = id === 'web' ? { client_id: id, client_secret: 'web-secret' } : { client_id: id };
      const { status, error } = await authenticate({ ...client, ...person, grant_type });
      expect([status, error]).toEqual([
        400,
        grant_type === '' ? 'invalid_request' : 'unsupported_grant_type',
      ]);
    }
  });
});

describe('S-060: client credentials', () => {
  it.each<[string, Record<string, string>]>([
    ['a client with a secret', { client_id: 'web', client_secret: 'web-secret' }],
    ['a public client', { client_id: 'kubectl' }],
  ])('give %s no token unless that is configured', async (_name, client) => {
    const { status, error } = await authenticate({
      ...client,
      grant_type: 'client_credentials',
      scope: 'openid groups',
    });
    expect(status).toBe(400);
    expect(['unsupported_grant_type', 'unauthorized_client']).toContain(error);
  });
});

describe('S-057: clients', () => {
  it.each(['/reg', '/register', '/registration', '/connect/register'])(
    'cannot register at %s',
    async (path) => {
      const body = JSON.stringify({ redirect_uris: ['https://evil.example/'] });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${door.issuer}${path}`, { method: 'POST', headers, body });
      expect(answer.status).toBe(404);
    },
  );
});

describe('S-061: a client that is not configured any more', () => {
  it('has no tokens left', async () => {
    const store = createMemoryStore();
    const first = await openDoor({ store });
    const config = await first.relyingParty('web', 'web-secret');
    const asked = { redirect_uri: webRedirect, scope: 'openid offline_access' };
    const { tokens } = await signInFor(config, first.browser(), asked);
    await first.close();
    const second = await openDoor({ store, port: first.port, clients: [], passwords: [jane, bob] });
    try {
      const web = {
        client_id: 'web',
        client_secret: 'web-secret',
        refresh_token: tokens.refresh_token ?? '',
      };
      expect(await authenticate(web, undefined, second)).toMatchObject({
        status: 401,
        error: 'invalid_client',
      });
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      expect((await fetch(`${second.issuer}/userinfo`, { headers })).status).toBe(401);
    } finally {
      await second.close();
    }
  });
});

describe('S-062: answers are read by no script of another site', () => {
  it.each(['null', 'https://evil.example', 'https://app.example'])('Origin: %s', async (origin) => {
    const requests: [string, RequestInit][] = [
      ['/.well-known/openid-configuration', {}],
      ['/keys', {}],
      ['/userinfo', {}],
      ['/token', { method: 'POST', body: new URLSearchParams({ client_id: 'kubectl' }) }],
      ['/token', { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }],
      ['/auth', {}],
    ];
    for (const [path, init] of requests) {
      const headers = { ...init.headers, origin };
      const answer = await fetch(`${door.issuer}${path}`, { ...init, headers, redirect: 'manual' });
      const cors = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect(cors, `${path} ${init.method}`).toEqual([]);
    }
  });
});
