import { ConnectorError } from '../connector-error.ts';

/** OAuth's and OpenID Connect's words for a no that is about the person (RFC 6749 §4.1.2.1, §5.2, Core §3.1.2.6). */
const NO = new Set([
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'invalid_grant',
  'login_required',
]);

/** What the library says of an answer that it could not get. */
const NO_ANSWER = new Set([
  'OAUTH_PARSE_ERROR',
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

interface Said {
  readonly code?: unknown;
  /** OAuth's, where the provider has answered with one. */
  readonly error?: unknown;
  readonly status?: unknown;
}

/** What an error of the library is to a sign-in. No word of the provider's that could hold a secret goes into it. */
export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { code, error: word, status } = (typeof error === 'object' && error !== null ? error : {}) as Said;
  const message = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' || code === 'OAUTH_RESPONSE_BODY_ERROR') {
    const fault = NO.has(String(word)) ? 'denied' : 'unreachable';
    return new ConnectorError(
      fault,
      `the provider answers ${JSON.stringify(String(word).slice(0, 60))}`,
      options,
    );
  }
  if (
    typeof code !== 'string' ||
    !code.startsWith('OAUTH_') ||
    NO_ANSWER.has(code) ||
    typeof status === 'number'
  )
    return new ConnectorError('unreachable', message, options);
  return new ConnectorError('invalid', message, options);
}
