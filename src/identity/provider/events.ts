import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { StoreUnavailableError } from '../../store/index.ts';
import type { IdentityAction, IdentityAudit, IdentityEvent, Trace } from '../audit/index.ts';
import { UpstreamUnavailableError } from '../connectors/ask-again.ts';
import type { Log } from '../identity-deps.ts';
import { requestId } from '../interaction/request-id.ts';
import { sessionIdOf } from './ended-grants.ts';
import { isUnsupportedToken } from './introspect.ts';
import { hashOf } from './stored-model.ts';

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

/** Which sign-in, browser and session with a client a request belongs to. */
function traceOf({ oidc, state }: KoaContextWithOIDC): Trace {
  const { Grant: grant, Interaction: interaction, RefreshToken, AccessToken } = oidc.entities;
  const grantId = grant?.jti ?? RefreshToken?.grantId ?? AccessToken?.grantId;
  const exchanged: unknown = state['sid'];
  return {
    sid: typeof exchanged === 'string' ? exchanged : grantId && sessionIdOf(grantId),
    browser: oidc.session?.accountId && hashOf(oidc.session.uid),
    interaction: interaction && hashOf(interaction.cid),
  };
}

/** What stands in for an answer that there is no trace of. */
function unrecorded(ctx: KoaContextWithOIDC): void {
  for (const header of ['Location', 'Set-Cookie']) ctx.remove(header);
  ctx.status = 503;
  ctx.body = { error: 'temporarily_unavailable', error_description: 'the audit trail cannot be written' };
}

/** A failure that is none of the provider's; people are shown its page already. */
function withoutAnswer(ctx: KoaContextWithOIDC, why: string): void {
  ctx.status = 503;
  ctx.set('Retry-After', '1');
  if (ctx.response.is('html')) return;
  ctx.body = { error: 'temporarily_unavailable', error_description: why };
}

/**
 * Puts what the provider decided into the audit trail, and why it refused something into the log. An answer leaves when
 * its events are kept; where they cannot be, it does not.
 */
export function recordEvents(provider: Provider, { log, audit, clientAddress, now }: EventsDeps): void {
  const underWay = new WeakMap<IncomingMessage, Promise<boolean>[]>();
  const withoutStore = new WeakMap<IncomingMessage, string>();

  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    if (ctx.oidc?.route === 'revocation' && ctx.status === 200) record(ctx, 'token.revoke');
    const kept = await Promise.all(underWay.get(ctx.req) ?? []);
    if (kept.includes(false)) unrecorded(ctx);
    const away = withoutStore.get(ctx.req);
    if (away !== undefined) withoutAnswer(ctx, away);
  });

  function record(ctx: KoaContextWithOIDC, action: IdentityAction, reason?: string): void {
    const account = ctx.oidc.account?.accountId ?? ctx.oidc.session?.accountId;
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
      ...traceOf(ctx),
    };
    const recorded = audit.record(event).then(
      () => true,
      (err: unknown) => {
        log.error({ err, action }, 'an event was not recorded');
        return false;
      },
    );
    underWay.set(ctx.req, [...(underWay.get(ctx.req) ?? []), recorded]);
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
  provider.on('introspection.error', (ctx, error) => {
    // A JWT: not refused, but answered here.
    if (!isUnsupportedToken(error)) refused('token.introspect')(ctx, error);
  });
  provider.on('device_authorization.error', refused('device.authorize'));
  provider.on('pushed_authorization_request.error', refused('authorize.push'));
  provider.on('end_session.error', refused('sign-out'));
  provider.on('end_session_confirm.error', refused('sign-out'));
  provider.on('authorization.success', (ctx) => record(ctx, 'authorize'));
  provider.on('grant.success', (ctx) => record(ctx, 'token.issue'));
  provider.on('device_authorization.success', (ctx) => record(ctx, 'device.authorize'));
  provider.on('pushed_authorization_request.success', (ctx) => record(ctx, 'authorize.push'));
  provider.on('end_session.success', (ctx) => {
    // Whoever stays signed in has at most left one client; that is the end of a session.
    if (ctx.oidc.params?.['logout'] !== undefined) record(ctx, 'sign-out');
  });
  provider.on('server_error', (ctx, error) => {
    const { name, message, stack } = error;
    if (error instanceof StoreUnavailableError) withoutStore.set(ctx.req, 'the storage does not answer');
    if (error instanceof UpstreamUnavailableError) withoutStore.set(ctx.req, error.message);
    log.error({ event: 'server_error', err: { name, message, stack }, ...about(ctx) }, 'request failed');
  });
}
