import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What a test may bend; the defaults make a correct issuer. */
export interface IssuerRules {
  /** Of the ID tokens, in seconds. */
  lifetime: number;
  /** Held back before a refresh is answered, until it resolves. */
  beforeRefresh: () => Promise<void>;
  /** Changes the authorization response. */
  response: (params: URLSearchParams) => void;
  /** Changes the claims of the ID tokens. */
  claims: (claims: JWTPayload) => JWTPayload;
  /** Changes the discovery document. */
  discovery: (document: Record<string, unknown>) => Record<string, unknown>;
  /** Changes a signed ID token. */
  signed: (token: string) => string;
  /** The answers of the token endpoint to a device code, one after the other; then tokens. Without it: no device codes. */
  device?: string[];
  /** The client may not be sent back where it asks. */
  refusesRedirect?: boolean;
  /** What /.well-known/sallyport says; without it, the issuer is no portal. */
  portal?: Record<string, unknown>;
  /** What /sessions lists; without it, there is no such list. */
  sessions?: { id: string; current?: boolean }[];
  /** How far the issuer's clock is ahead, in seconds. */
  ahead: number;
}

export interface TestIssuer {
  readonly url: string;
  readonly rules: IssuerRules;
  readonly counts: { authorize: number; code: number; refresh: number; revoke: number; device: number };
  /** The last authorization request. */
  readonly requests: URLSearchParams[];
  /** Every refresh token that is still good. */
  readonly refreshTokens: Set<string>;
  readonly close: () => Promise<void>;
}

const keys = generateKeyPair('RS256');

/** A small OpenID provider: it rotates refresh tokens and ends the session when an old one comes back. */
export async function startIssuer(tls?: { key: string; cert: string }): Promise<TestIssuer> {
  const { privateKey, publicKey } = await keys;
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, URLSearchParams>();
  const counts = { authorize: 0, code: 0, refresh: 0, revoke: 0, device: 0 };
  const requests: URLSearchParams[] = [];
  const refreshTokens = new Set<string>();
  const rules: IssuerRules = {
    lifetime: 3600,
    beforeRefresh: async () => {},
    response: () => {},
    claims: (claims) => claims,
    discovery: (document) => document,
    signed: (token) => token,
    ahead: 0,
  };
  let url = '';

  const tokens = async (clientId: string, nonce?: string) => {
    const now = Math.floor(Date.now() / 1000) + rules.ahead;
    const claims: JWTPayload = {
      iss: url,
      aud: clientId,
      sub: 'subject-of-jane',
      exp: now + rules.lifetime,
      iat: now,
      email: 'jane@example.com',
      preferred_username: 'jane',
      groups: ['developers'],
      ...(nonce === undefined ? {} : { nonce }),
    };
    const token = await new SignJWT(rules.claims(claims))
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(privateKey);
    const refreshToken = `refresh-${randomUUID()}`;
    refreshTokens.add(refreshToken);
    return {
      id_token: rules.signed(token),
      refresh_token: refreshToken,
      access_token: 'opaque',
      token_type: 'Bearer',
    };
  };

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    if (rules.refusesRedirect) return void response.writeHead(400).end('unregistered redirect');
    counts.authorize++;
    requests.push(query);
    const code = randomUUID();
    codes.set(code, query);
    const params = new URLSearchParams({ code, state: query.get('state') ?? '', iss: url });
    rules.response(params);
    response.writeHead(302, { location: `${query.get('redirect_uri')}?${params}` }).end();
  };

  const token = async (form: URLSearchParams): Promise<[number, unknown]> => {
    if (form.get('grant_type') === 'refresh_token') {
      counts.refresh++;
      await rules.beforeRefresh();
      if (!refreshTokens.delete(form.get('refresh_token') ?? '')) {
        refreshTokens.clear();
        return [400, { error: 'invalid_grant', error_description: 'session was revoked' }];
      }
      return [200, await tokens(form.get('client_id') ?? '')];
    }
    if (form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code') {
      counts.device++;
      const refusal = rules.device?.shift();
      return refusal === undefined
        ? [200, await tokens(form.get('client_id') ?? '')]
        : [400, { error: refusal }];
    }
    if (form.get('grant_type') === 'client_credentials') {
      requests.push(form);
      if (form.get('client_secret') === 'wrong') return [401, { error: 'invalid_client' }];
      const { refresh_token: _, ...own } = await tokens(form.get('client_id') ?? '');
      return [200, own];
    }
    counts.code++;
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const valid =
      asked?.get('code_challenge') === challenge && asked.get('redirect_uri') === form.get('redirect_uri');
    if (!valid) return [400, { error: 'invalid_grant' }];
    return [200, await tokens(form.get('client_id') ?? '', asked.get('nonce') ?? undefined)];
  };

  const json = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    response.setHeader('date', new Date(Date.now() + rules.ahead * 1000).toUTCString());
    if (pathname === '/.well-known/openid-configuration')
      return json(response, 200, rules.discovery(discovery(url, rules.device !== undefined)));
    if (pathname === '/.well-known/sallyport' && rules.portal !== undefined)
      return json(response, 200, { issuer: url, client_id: 'kubectl', ...rules.portal });
    if (pathname === '/keys') return json(response, 200, { keys: [jwk] });
    if (pathname === '/auth') return authorize(searchParams, response);
    if (pathname === '/token') return json(response, ...(await token(await readForm(request))));
    if (pathname === '/device/code') {
      requests.push(await readForm(request));
      return json(response, 200, {
        device_code: 'device-secret',
        user_code: 'BCDF-GHJK',
        verification_uri: `${url}/device`,
        verification_uri_complete: `${url}/device?user_code=BCDF-GHJK`,
        expires_in: 300,
        interval: 0.01,
      });
    }
    if (pathname.startsWith('/sessions') && rules.sessions !== undefined) {
      if (request.headers.authorization !== 'Bearer opaque') return json(response, 401, {});
      if (request.method === 'GET') return json(response, 200, { sessions: rules.sessions });
      const left = rules.sessions.filter(({ id }) => pathname !== `/sessions/${id}`);
      const isThere = left.length < rules.sessions.length;
      rules.sessions = left;
      return isThere ? void response.writeHead(204).end() : json(response, 404, { error: 'not_found' });
    }
    if (pathname === '/revoke') {
      counts.revoke++;
      refreshTokens.delete((await readForm(request)).get('token') ?? '');
      return json(response, 200, {});
    }
    return json(response, 404, {});
  };
  const listener: RequestListener = (request, response) => void handle(request, response);
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, rules, counts, requests, refreshTokens, close };
}

function discovery(url: string, device: boolean): Record<string, unknown> {
  return {
    issuer: url,
    authorization_endpoint: `${url}/auth`,
    token_endpoint: `${url}/token`,
    ...(device ? { device_authorization_endpoint: `${url}/device/code` } : {}),
    jwks_uri: `${url}/keys`,
    revocation_endpoint: `${url}/revoke`,
    end_session_endpoint: `${url}/logout`,
    authorization_response_iss_parameter_supported: true,
  };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}
