import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What a provider answers otherwise than it should; all absent, it does as it should. */
export interface Behaviour {
  /** Claims of the ID token, laid over the right ones; undefined takes one away. */
  claims?: Record<string, unknown>;
  /** Laid over the discovery document. */
  discovery?: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** In place of the signed token. @param token as it would be */
  forge?: (token: string, payload: JWTPayload) => string | Promise<string>;
  /** In place of the answer of an endpoint. */
  answer?: Partial<Record<'discovery' | 'token' | 'jwks' | 'userinfo', Answer>>;
  /** Refused to whoever refreshes. */
  refuses?: string;
  /** Whether refresh tokens are good for one use. */
  rotates?: boolean;
  withoutRefreshToken?: boolean;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** No answer at all. */
  readonly hangs?: true;
}

/** An OpenID Connect provider that signs everybody in as the test says, and can be told to err. */
export interface FakeProvider {
  readonly issuer: string;
  readonly behaviour: Behaviour;
  /** Requests so far, by endpoint. */
  readonly asked: Record<string, number>;
  /** Bodies of requests for tokens. */
  readonly tokenRequests: URLSearchParams[];
  /** Signs with another key from now on. @param published whether it is in the key set */
  rotateKey(published?: boolean): Promise<void>;
  /** What the browser comes back with that was sent here. */
  authorize(url: string, more?: Record<string, string>): string;
  close(): Promise<void>;
}

export async function startFakeProvider(behaviour: Behaviour = {}): Promise<FakeProvider> {
  const asked: Record<string, number> = {};
  const tokenRequests: URLSearchParams[] = [];
  const codes = new Map<string, { readonly nonce: string; readonly challenge: string }>();
  let refreshTokens = new Set<string>();
  let keys: { readonly kid: string; readonly pair: GenerateKeyPairResult; readonly published: boolean }[] =
    [];
  let counter = 0;
  const unique = (what: string) => `${what}-${++counter}`;

  const server = createServer((req, res) => void serve(req, res));

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? '', issuer);
    const endpoint = pathname.includes('openid-configuration') ? 'discovery' : pathname.slice(1);
    asked[endpoint] = (asked[endpoint] ?? 0) + 1;
    const body: Buffer[] = [];
    for await (const chunk of req) body.push(chunk as Buffer);
    const other = behaviour.answer?.[endpoint as 'token'];
    if (other?.hangs) return;
    if (other !== undefined) {
      res.writeHead(other.status ?? 200, { 'content-type': 'application/json', ...other.headers });
      return void res.end(other.body ?? '{}');
    }
    const [status, json] = await answer(endpoint, new URLSearchParams(Buffer.concat(body).toString()));
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(endpoint: string, sent: URLSearchParams): Promise<readonly [number, unknown]> {
    if (endpoint === 'discovery') return [200, document()];
    if (endpoint === 'jwks')
      return [200, { keys: await Promise.all(keys.filter((k) => k.published).map(publicKey)) }];
    if (endpoint === 'userinfo') return [200, { sub: 'u-1', ...behaviour.userinfo }];
    if (endpoint !== 'token') return [404, {}];
    tokenRequests.push(sent);
    if (sent.get('grant_type') === 'refresh_token') return refreshed(sent.get('refresh_token') ?? '');
    const code = codes.get(sent.get('code') ?? '');
    codes.delete(sent.get('code') ?? '');
    if (code === undefined) return [400, { error: 'invalid_grant' }];
    return [200, await tokens(code.nonce)];
  }

  async function refreshed(token: string): Promise<readonly [number, unknown]> {
    if (behaviour.refuses !== undefined) return [400, { error: behaviour.refuses }];
    if (!refreshTokens.has(token)) return [400, { error: 'invalid_grant' }];
    if (behaviour.rotates) refreshTokens.delete(token);
    const { refresh_token, ...rest } = await tokens(undefined);
    return [200, behaviour.rotates ? { ...rest, refresh_token } : rest];
  }

  async function tokens(nonce: string | undefined) {
    const time = Math.floor(Date.now() / 1000);
    const payload: JWTPayload = {
      iss: issuer,
      aud: 'sallyport',
      sub: 'u-1',
      iat: time,
      exp: time + 300,
      name: 'Ada',
      email: 'ada@corp.example',
      email_verified: true,
      preferred_username: 'ada',
      groups: ['staff', 'admins'],
      ...(nonce === undefined ? {} : { nonce }),
      ...behaviour.claims,
    };
    const key = keys.at(-1);
    if (key === undefined) throw new Error('no key');
    const header = { alg: 'ES256', kid: key.kid, ...behaviour.header };
    const signed = await new SignJWT(payload).setProtectedHeader(header).sign(key.pair.privateKey);
    const refresh_token = unique('refresh');
    refreshTokens = refreshTokens.add(refresh_token);
    return {
      access_token: unique('access'),
      token_type: 'Bearer',
      id_token: (await behaviour.forge?.(signed, payload)) ?? signed,
      ...(behaviour.withoutRefreshToken ? {} : { refresh_token }),
    };
  }

  function document() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      ...behaviour.discovery,
    };
  }

  async function rotateKey(published = true): Promise<void> {
    keys = [
      ...keys,
      { kid: unique('key'), pair: await generateKeyPair('ES256', { extractable: true }), published },
    ];
  }

  await rotateKey();
  return {
    issuer,
    behaviour,
    asked,
    tokenRequests,
    rotateKey,
    authorize(url, more = {}) {
      const { searchParams } = new URL(url);
      const code = unique('code');
      codes.set(code, {
        nonce: searchParams.get('nonce') ?? '',
        challenge: searchParams.get('code_challenge') ?? '',
      });
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      const given = { code, state: searchParams.get('state') ?? '', iss: issuer, ...more };
      for (const [name, value] of Object.entries(given)) if (value !== '') back.searchParams.set(name, value);
      return back.href;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function publicKey({ kid, pair }: { kid: string; pair: GenerateKeyPairResult }) {
  return { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
}
