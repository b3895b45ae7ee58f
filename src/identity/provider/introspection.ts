import type { Configuration } from 'oidc-provider';
import type { Accounts } from '../accounts/accounts.ts';

type Features = NonNullable<Configuration['features']>;
type Policy = NonNullable<NonNullable<Features['introspection']>['allowedPolicy']>;

/**
 * Whom a token's state is told (RFC 7662 §2.2): the client that it was issued to, or that it is for, when the client
 * proves who it is. To all others, and when its account is gone, it is not active.
 */
export function createIntrospectionPolicy(accounts: Accounts): Policy {
  return async (_ctx, client, token) => {
    if (client.clientAuthMethod === 'none') return false;
    const audience = 'aud' in token ? token.aud : undefined;
    if (token.clientId !== client.clientId && audience !== client.clientId) return false;
    const accountId = 'accountId' in token ? token.accountId : undefined;
    return typeof accountId !== 'string' || (await accounts.byId(accountId)) !== undefined;
  };
}
