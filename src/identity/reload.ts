import type Provider from 'oidc-provider';
import { audited, type IdentityAudit } from './audit/index.ts';
import type { ClientPolicies } from './claims/client-policies.ts';
import { checkMetadata } from './clients/check-clients.ts';
import { type ClientMetadata, toClientMetadata } from './clients/client-metadata.ts';
import { usualGrantTypes } from './clients/grant-types.ts';
import type { ClientConfig, ExpiryConfig, FrontendConfig, Log, StaticPassword } from './identity-deps.ts';
import { lookWithGrantTypes, useClients, useGrantTypes } from './provider/internals.ts';
import type { RegistrationConfig } from './registration/registration-config.ts';

/** What can change while the door is open. */
export interface Reloadable {
  readonly clients: readonly ClientConfig[];
  readonly passwords: readonly StaticPassword[];
  readonly expiry?: ExpiryConfig | undefined;
  readonly frontend?: FrontendConfig | undefined;
  /** Those that are served. Default: all that need no secret. */
  readonly grantTypes?: readonly string[] | undefined;
  /** Default: nobody registers a client. */
  readonly registration?: RegistrationConfig | undefined;
}

export interface ReloadDeps {
  readonly provider: Provider;
  readonly issuer: string;
  readonly log: Log;
  readonly audit: IdentityAudit;
  /** Milliseconds since the epoch. */
  now(): number;
  /** @throws ClientPolicyError */
  readonly makePolicies: (clients: readonly ClientConfig[]) => ClientPolicies;
  /** @throws AccountConflictError and keeps those from before */
  replaceStatics(passwords: readonly StaticPassword[]): Promise<void>;
  /** Told once all is good; does not fail. */
  onReload(next: Reloadable, policies: ClientPolicies): void;
}

/**
 * Puts other clients, accounts, lifetimes, looks and ways to get tokens in force: all of them, or none. What people and clients
 * have keeps counting, under the new rules: a client or account that is gone gets nothing at its next code, refresh or userinfo
 * request, and by a grant type that is not served any more there is nothing to be had.
 * @throws ClientConfigError, ClientPolicyError, AccountConflictError
 */
export function createReload(deps: ReloadDeps): (next: Reloadable) => Promise<void> {
  const { provider, issuer, log } = deps;
  async function take(next: Reloadable): Promise<void> {
    const { clients, passwords, grantTypes = usualGrantTypes } = next;
    const metadata: readonly ClientMetadata[] = toClientMetadata(clients, issuer, log, grantTypes);
    lookWithGrantTypes(provider, grantTypes, () => checkMetadata(provider, metadata));
    const policies = deps.makePolicies(clients);
    await deps.replaceStatics(passwords);
    useGrantTypes(provider, grantTypes);
    useClients(provider, metadata, policies.ownClaims);
    deps.onReload(next, policies);
  }

  const action = 'configuration.reload';
  return (next) => audited(deps, { action, by: { name: undefined } }, () => take(next));
}
