import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Log } from '../identity-deps.ts';
import { requestId } from '../interaction/request-id.ts';

interface ProviderError extends Error {
  readonly error?: unknown;
  readonly error_description?: unknown;
  readonly error_detail?: unknown;
}

/** What identifies a request in the log. Never its parameters: they carry codes, tokens and verifiers. */
function about({ req, oidc }: KoaContextWithOIDC): object {
  return { request_id: requestId(req), client_id: oidc.client?.clientId, account: oidc.account?.accountId };
}

/** Writes what the provider decided to the log. */
export function logEvents(provider: Provider, log: Log): void {
  const refused =
    (event: string) =>
    (ctx: KoaContextWithOIDC, { error, error_description, error_detail }: ProviderError) =>
      log.info({ event, error, error_description, error_detail, ...about(ctx) }, 'request refused');
  provider.on('authorization.error', refused('authorization_refused'));
  provider.on('grant.error', refused('grant_refused'));
  provider.on('userinfo.error', refused('userinfo_refused'));
  provider.on('revocation.error', refused('revocation_refused'));
  provider.on('end_session.error', refused('sign_out_refused'));
  provider.on('end_session_confirm.error', refused('sign_out_refused'));
  provider.on('authorization.success', (ctx) =>
    log.info({ event: 'code_issued', ...about(ctx) }, 'code issued'),
  );
  provider.on('grant.success', (ctx) =>
    log.info(
      { event: 'tokens_issued', grant_type: ctx.oidc.params?.['grant_type'], ...about(ctx) },
      'tokens issued',
    ),
  );
  provider.on('grant.revoked', (ctx) => log.info({ event: 'grant_revoked', ...about(ctx) }, 'grant revoked'));
  provider.on('end_session.success', (ctx) => log.info({ event: 'sign_out', ...about(ctx) }, 'signed out'));
  provider.on('server_error', (ctx, { name, message, stack }) =>
    log.error({ event: 'server_error', err: { name, message, stack }, ...about(ctx) }, 'request failed'),
  );
}
