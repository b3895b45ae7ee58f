import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** The scopes as the client has written them: in the request, or in the one that it has pushed (RFC 9126). */
function askedScopes(ctx: KoaContextWithOIDC): readonly string[] {
  const { body, entities } = ctx.oidc;
  const pushed = entities.PushedAuthorizationRequest?.request;
  const given =
    pushed !== undefined && ctx.oidc.route === 'authorization'
      ? decodeJwt(pushed)['scope']
      : (body?.['scope'] ?? ctx.query['scope']);
  return typeof given === 'string' ? given.split(' ') : [];
}

/** Puts `offline_access` back, which the provider drops unless `prompt=consent` came with it; clients of Dex send none. */
export function keepOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { params, client } = ctx.oidc;
  if (params === undefined || !askedScopes(ctx).includes('offline_access')) return;
  if (client?.grantTypeAllowed('refresh_token') !== true) return;
  const scopes = new Set(
    String(params['scope'] ?? '')
      .split(' ')
      .filter(Boolean),
  );
  params['scope'] = [...scopes.add('offline_access')].join(' ');
}
