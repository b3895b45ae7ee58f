import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { IdentityAction, IdentityAudit, IdentityEvent } from '../audit/index.ts';
import type { Log } from '../identity-deps.ts';
import { requestId } from '../interaction/request-id.ts';

interface ProviderError extends Error {
  readonly error?: unknown;
  readonly error_description?: unknown;
  readonly error_detail?: unknown;
}

export interface EventsDeps {
  readonly log: Log;
  readonly audit: IdentityAudit;
  clientAddress(req: IncomingMessage): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What identifies a request in the log. Never its parameters: they carry codes, tokens and verifiers. */
function about({ req, oidc }: KoaContextWithOIDC): object {
  return { request_id: requestId(req), client_id: oidc.client?.clientId, account: oidc.account?.accountId };
}

/** Of the grant types there are; whatever else was sent stays out. */
function grantTypeOf({ oidc }: KoaContextWithOIDC): string | undefined {
  const sent = oidc.params?.['grant_type'];
  return typeof sent === 'string' && oidc.client?.grantTypeAllowed(sent) === true ? sent : undefined;
}

/** Puts what the provider decided into the audit trail, and why it refused something into the log. */
export function recordEvents(provider: Provider, { log, audit, clientAddress, now }: EventsDeps): void {
  function record(ctx: KoaContextWithOIDC, action: IdentityAction, reason?: string): void {
    const account = ctx.oidc.account?.accountId;
    const event: IdentityEvent = {
      action,
      actor: account,
      subject: account,
      client: ctx.oidc.client?.clientId,
      address: clientAddress(ctx.req),
      result: reason === undefined ? 'success' : 'failure',
      reason,
      detail: action === 'token.issue' ? grantTypeOf(ctx) : undefined,
      requestId: requestId(ctx.req),
      at: now(),
    };
    // The provider does not wait for whoever listens.
    audit.record(event).catch((err: unknown) => log.error({ err, action }, 'an event was not recorded'));
  }

  const refused =
    (action: IdentityAction) =>
    (ctx: KoaContextWithOIDC, { error, error_description, error_detail }: ProviderError) => {
      log.info(
        { event: 'refused', action, error, error_description, error_detail, ...about(ctx) },
        'request refused',
      );
      record(ctx, action, typeof error === 'string' ? error : 'server_error');
    };
  provider.on('authorization.error', refused('authorize'));
  provider.on('grant.error', refused('token.issue'));
  provider.on('userinfo.error', refused('userinfo'));
  provider.on('revocation.error', refused('token.revoke'));
  provider.on('introspection.error', refused('token.introspect'));
  provider.on('device_authorization.error', refused('device.authorize'));
  provider.on('pushed_authorization_request.error', refused('authorize.push'));
  provider.on('end_session.error', refused('sign-out'));
  provider.on('end_session_confirm.error', refused('sign-out'));
  provider.on('authorization.success', (ctx) => record(ctx, 'authorize'));
  provider.on('grant.success', (ctx) => record(ctx, 'token.issue'));
  provider.on('grant.revoked', (ctx) => record(ctx, 'grant.revoke'));
  provider.on('end_session.success', (ctx) => record(ctx, 'sign-out'));
  provider.on('server_error', (ctx, { name, message, stack }) =>
    log.error({ event: 'server_error', err: { name, message, stack }, ...about(ctx) }, 'request failed'),
  );
}
