import type { Configuration } from 'oidc-provider';
import type { Accounts } from '../accounts/accounts.ts';

type Features = NonNullable<Configuration['features']>;
type Policy = NonNullable<NonNullable<Features['introspection']>['allowedPolicy']>;

/**
 * Whom a token's state is told (RFC 7662 §2.2): the client that it was issued to, or that it is for, when the client
 * proves who it is; an access token's also clients that may introspect tokens of others. To all others, and when its account is
 * gone, it is not active.
 */
export function createIntrospectionPolicy(accounts: Accounts): Policy {
  return async (_ctx, client, token) => {
    if (client.clientAuthMethod === 'none') return false;
    const audience = 'aud' in token ? token.aud : undefined;
    const own = token.clientId === client.clientId || audience === client.clientId;
    // A refresh token is sent to nobody but us: who else has one has no business with it.
    const asked = client['introspects'] === true && token.kind !== 'RefreshToken';
    if (!own && !asked) return false;
    const accountId = 'accountId' in token ? token.accountId : undefined;
    return typeof accountId !== 'string' || (await accounts.byId(accountId)) !== undefined;
  };
}
