import { exitCode, PluginError } from './exit.ts';
import type { SendRequest } from './http-request.ts';
import type { IssuerMetadata } from './issuer.ts';
import { oneLine } from './terminal-text.ts';

/** The tokens of a successful answer; or the issuer's refusal of the grant, an expected outcome. */
export type TokenAnswer = Tokens | { readonly kind: 'refused'; readonly reason: string };

export interface Tokens {
  readonly kind: 'tokens';
  readonly idToken: string;
  readonly refreshToken?: string;
  readonly accessToken?: string;
  /** The issuer's clock as it answered, in milliseconds since the epoch. */
  readonly date?: number;
}

/** RFC 8628 §3.5: nobody has let the code in yet, or we ask more often than we may. */
export type DeviceAnswer = TokenAnswer | { readonly kind: 'pending' | 'too fast' };

export interface TokenEndpoint {
  readonly metadata: IssuerMetadata;
  readonly clientId: string;
  readonly send: SendRequest;
}

export function redeemCode(
  endpoint: TokenEndpoint,
  grant: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
): Promise<TokenAnswer> {
  return requestTokens(endpoint, {
    grant_type: 'authorization_code',
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.codeVerifier,
  });
}

export function redeemRefreshToken(endpoint: TokenEndpoint, refreshToken: string): Promise<TokenAnswer> {
  return requestTokens(endpoint, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** RFC 6749 §4.4.2; by a secret, or by a token that says who the client is (RFC 7523 §2.2). */
export async function redeemClientCredentials(
  endpoint: TokenEndpoint,
  proof: { readonly kind: 'secret' | 'assertion'; readonly value: string; readonly scope: string },
): Promise<TokenAnswer> {
  const own: Readonly<Record<string, string>> =
    proof.kind === 'secret'
      ? { client_secret: proof.value }
      : {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: proof.value,
        };
  const answer = await ask(endpoint, { grant_type: 'client_credentials', scope: proof.scope, ...own });
  if (answer.status === 400 || answer.status === 401)
    return { kind: 'refused', reason: oauthError(answer.fields) };
  return readTokens(endpoint, answer);
}

export async function redeemDeviceCode(endpoint: TokenEndpoint, deviceCode: string): Promise<DeviceAnswer> {
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode };
  const { status, date, fields } = await ask(endpoint, grant);
  const refusals = ['access_denied', 'expired_token', 'invalid_grant'];
  switch (status === 200 ? undefined : fields['error']) {
    case undefined:
      return readTokens(endpoint, { status, date, fields });
    case 'authorization_pending':
      return { kind: 'pending' };
    case 'slow_down':
      return { kind: 'too fast' };
    default:
      if (!refusals.includes(String(fields['error']))) throw unexpected(endpoint, status, fields);
      return { kind: 'refused', reason: oauthError(fields) };
  }
}

/** RFC 7009; a token that the server does not know counts as revoked there (§2.2). */
export async function revokeRefreshToken(
  endpoint: TokenEndpoint,
  url: URL,
  refreshToken: string,
): Promise<void> {
  const form = { token: refreshToken, token_type_hint: 'refresh_token', client_id: endpoint.clientId };
  const { status, body } = await endpoint.send(url, { form });
  if (status !== 200) throw unexpected(endpoint, status, body);
}

async function requestTokens(
  endpoint: TokenEndpoint,
  grant: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const answer = await ask(endpoint, grant);
  if (answer.status !== 200 && answer.fields['error'] === 'invalid_grant')
    return { kind: 'refused', reason: oauthError(answer.fields) };
  return readTokens(endpoint, answer);
}

interface Answer {
  readonly status: number;
  readonly date: number | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function ask(endpoint: TokenEndpoint, grant: Readonly<Record<string, string>>): Promise<Answer> {
  // No abort signal: the issuer rotates the refresh token as it answers, and the new one must reach the cache even
  // when the user presses Ctrl-C at this moment.
  const { status, date, body } = await endpoint.send(endpoint.metadata.tokenEndpoint, {
    form: { ...grant, client_id: endpoint.clientId },
  });
  return {
    status,
    date,
    fields: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
  };
}

function readTokens(endpoint: TokenEndpoint, { status, date, fields }: Answer): Tokens {
  if (status !== 200) throw unexpected(endpoint, status, fields);
  const { id_token: idToken, refresh_token: refreshToken, access_token: accessToken } = fields;
  if (typeof idToken !== 'string') {
    throw new PluginError(exitCode.failure, `${endpoint.metadata.issuer} answered without an ID token`);
  }
  return {
    kind: 'tokens',
    idToken,
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
    ...(typeof accessToken === 'string' ? { accessToken } : {}),
    ...(date === undefined ? {} : { date }),
  };
}

/** `error: error_description` of an OAuth answer, fit for a terminal. */
export function oauthError(answer: Readonly<Record<string, unknown>>): string {
  const texts = [answer['error'], answer['error_description']];
  return oneLine(texts.filter((text) => typeof text === 'string' && text !== '').join(': '));
}

function unexpected({ metadata }: TokenEndpoint, status: number, body: unknown): PluginError {
  const said = typeof body === 'object' && body !== null ? oauthError(body as Record<string, unknown>) : '';
  const code = status >= 500 ? exitCode.unreachable : exitCode.failure;
  return new PluginError(code, `${metadata.issuer} answered ${status}${said === '' ? '' : ` (${said})`}`);
}
