import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { type Trust, untrustedScopes } from '../claims/audiences.ts';

/**
 * Refuses scopes that ask for a token for a client which does not trust the one that asks, in Dex's words.
 * Source: dexidp/dex server/authflow/request.go.
 * @throws errors.InvalidScope
 */
export function checkAudienceScopes({ oidc, query }: KoaContextWithOIDC, trust: Trust): void {
  const { client, body, requestParamScopes } = oidc;
  if (client === undefined) return;
  // As sent, too: by now the provider has dropped those that it does not know.
  const sent = String(body?.['scope'] ?? query['scope'] ?? '').split(' ');
  const refused = untrustedScopes(client.clientId, new Set([...sent, ...requestParamScopes]), trust);
  if (refused.length === 0) return;
  const quoted = refused.map((scope) => JSON.stringify(scope)).join(' ');
  throw new errors.InvalidScope(`Client can't request scope(s) [${quoted}]`, refused.join(' '));
}
