import type { IdentityEvent } from '../audit/index.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** OAuth's errors that a token request can end with; another one would be new here. */
const tokenErrors = new Set([
  'access_denied',
  'authorization_pending',
  'expired_token',
  'invalid_client',
  'invalid_dpop_proof',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'server_error',
  'slow_down',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/** Counts what the audit trail is told; so the two cannot disagree. */
export function countEvents(registry: MetricRegistry): (event: IdentityEvent) => void {
  const signIns = registry.counter(
    'sallyport_identity_sign_ins_total',
    'Attempts to sign in, by what was to prove it (source: pwd, a password, as in RFC 8176; passkey; connector:<id>) and result: success, wrongPassword, unknownAccount, disabled, wrong (of a passkey), throttled, busy; of a connector denied, refused, invalid, unreachable.',
    ['source', 'result'],
  );
  const tokens = registry.counter(
    'sallyport_identity_token_requests_total',
    'Requests for tokens, by grant type (none: one that the client may not use) and result: success, or the OAuth error.',
    ['grant_type', 'result'],
  );
  const throttled = registry
    .counter(
      'sallyport_identity_throttled_total',
      'Attempts with a password or the code of a reset that were not looked at, because there had been too many.',
    )
    .labels();

  const ended = registry.counter(
    'sallyport_identity_sessions_ended_total',
    'Sessions that ended before their time, by kind (browser, application) and cause: signOut, replaced, revocation, reuse (a code or a refresh token came a second time), account, keys, request, unused.',
    ['kind', 'cause'],
  );

  return ({ action, result, reason, detail, sid }) => {
    if (reason === 'throttled') throttled.inc();
    if (action === 'sign-in') signIns.labels(detail ?? '', reason ?? result).inc();
    if (action === 'session.end')
      ended.labels(sid === undefined ? 'browser' : 'application', detail ?? '').inc();
    if (action === 'token.issue') tokens.labels(detail ?? 'none', tokenResult(reason)).inc();
  };
}

function tokenResult(reason: string | undefined): string {
  if (reason === undefined) return 'success';
  return tokenErrors.has(reason) ? reason : 'other';
}
