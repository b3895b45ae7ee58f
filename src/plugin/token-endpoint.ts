import { exitCode, PluginError } from './exit.ts';
import type { SendRequest } from './http-request.ts';
import type { IssuerMetadata } from './issuer.ts';
import { oneLine } from './terminal-text.ts';

/** The tokens of a successful answer; or the issuer's refusal of the grant, an expected outcome. */
export type TokenAnswer =
  | { readonly kind: 'tokens'; readonly idToken: string; readonly refreshToken?: string }
  | { readonly kind: 'refused'; readonly reason: string };

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
  // No abort signal: the issuer rotates the refresh token as it answers, and the new one must reach the cache even
  // when the user presses Ctrl-C at this moment.
  const { status, body } = await endpoint.send(endpoint.metadata.tokenEndpoint, {
    form: { ...grant, client_id: endpoint.clientId },
  });
  const answer = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (status !== 200) {
    if (answer['error'] === 'invalid_grant') return { kind: 'refused', reason: oauthError(answer) };
    throw unexpected(endpoint, status, body);
  }
  const { id_token: idToken, refresh_token: refreshToken } = answer;
  if (typeof idToken !== 'string') {
    throw new PluginError(exitCode.failure, `${endpoint.metadata.issuer} answered without an ID token`);
  }
  return { kind: 'tokens', idToken, ...(typeof refreshToken === 'string' ? { refreshToken } : {}) };
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
