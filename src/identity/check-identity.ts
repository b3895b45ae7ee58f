import { createStaticAccounts } from './accounts/static-accounts.ts';
import { createClientPolicy } from './claims/client-policy.ts';
import { toClientMetadata } from './clients/client-metadata.ts';
import type { ClientConfig, StaticPassword } from './identity-deps.ts';

export interface IdentityCheck {
  readonly issuer: string;
  readonly clients: readonly ClientConfig[];
  readonly passwords: readonly StaticPassword[];
  /** Those that are served. */
  readonly grantTypes?: readonly string[] | undefined;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Looks at clients and accounts as the start does, with nothing opened. Users in the storage are not looked at.
 * @throws ClientConfigError, ClientPolicyError, AccountConflictError
 */
export function checkIdentity({ issuer, clients, passwords, grantTypes }: IdentityCheck): void {
  toClientMetadata(clients, issuer, silent, grantTypes);
  for (const client of clients) createClientPolicy(client);
  createStaticAccounts(passwords);
}
