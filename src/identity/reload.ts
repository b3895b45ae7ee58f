import type Provider from 'oidc-provider';
import { audited, type IdentityAudit } from './audit/index.ts';
import { policyOf } from './claims/client-policies.ts';
import { mappedClaims } from './claims/client-policy.ts';
import { checkMetadata } from './clients/check-clients.ts';
import { type ClientMetadata, toClientMetadata } from './clients/client-metadata.ts';
import { usualGrantTypes } from './clients/grant-types.ts';
import type { ClientsInForce } from './clients-in-force.ts';
import type { ConnectorConfig } from './connectors/connector-config.ts';
import type {
  ClientConfig,
  ExpiryConfig,
  FrontendConfig,
  IdentityDeps,
  StaticPassword,
} from './identity-deps.ts';
import type { People } from './open-people.ts';
import type { State } from './open-state.ts';
import { lookWithGrantTypes, useClients, useGrantTypes } from './provider/internals.ts';
import type { RegistrationConfig } from './registration/registration-config.ts';
import type { Settings } from './settings.ts';
import { warnOfKeptTokens } from './warn-of-weaknesses.ts';

/** What can change while the door is open. */
export interface Reloadable {
  readonly clients: readonly ClientConfig[];
  readonly passwords: readonly StaticPassword[];
  readonly expiry?: ExpiryConfig | undefined;
  readonly frontend?: FrontendConfig | undefined;
  /** Those that are served. Default: all that need no secret. */
  readonly grantTypes?: readonly string[] | undefined;
  /** Where people sign in elsewhere. Default: nowhere. */
  readonly connectors?: readonly ConnectorConfig[] | undefined;
  /** Whether the accounts that are kept here are a source, too. Default: true. */
  readonly offersLocal?: boolean | undefined;
  /** Default: nobody registers a client. */
  readonly registration?: RegistrationConfig | undefined;
}

export interface ReloadDeps {
  readonly config: Pick<IdentityDeps, 'log' | 'now'>;
  readonly settings: Settings;
  readonly state: Pick<State, 'federated' | 'registration'>;
  readonly people: People;
  readonly provider: Provider;
  readonly audit: IdentityAudit;
  readonly clients: Pick<ClientsInForce, 'replace'>;
}

/**
 * Puts other clients, accounts, connectors, lifetimes, looks and ways to get tokens in force: all of them, or none. What people and clients
 * have keeps counting, under the new rules: a client or account that is gone gets nothing at its next code, refresh or userinfo
 * request, and by a grant type that is not served any more there is nothing to be had.
 * @throws ClientConfigError, ClientPolicyError, AccountConflictError
 */
export function createReload(deps: ReloadDeps): (next: Reloadable) => Promise<void> {
  const { config, settings, people, provider } = deps;
  const { issuer } = settings;
  async function take(next: Reloadable): Promise<void> {
    const { clients, passwords, grantTypes = usualGrantTypes } = next;
    const metadata: readonly ClientMetadata[] = toClientMetadata(clients, issuer, config.log, grantTypes);
    lookWithGrantTypes(provider, grantTypes, () => checkMetadata(provider, metadata));
    for (const client of clients) policyOf(client);
    await people.local.replaceStatics(passwords);
    settings.replaceOffersLocal(next.offersLocal);
    await people.upstream.replace(next.connectors ?? []);
    useGrantTypes(provider, grantTypes);
    useClients(provider, metadata, clients.flatMap(mappedClaims));
    settings.configs.replace(clients);
    putInForce(deps, next);
  }

  const action = 'configuration.reload';
  const trail = { audit: deps.audit, now: config.now };
  return (next) => audited(trail, { action, by: { name: undefined } }, () => take(next));
}

/** Once all is good; does not fail. */
function putInForce(deps: ReloadDeps, next: Reloadable): void {
  const { config, settings, state } = deps;
  const { clients } = next;
  const { lifetimes } = settings;
  const rotated = lifetimes.rotateRefreshTokens;
  lifetimes.replace(next.expiry);
  if (rotated) warnOfKeptTokens(lifetimes, config.log);
  settings.frontend.replace(next.frontend);
  settings.replaceGrantTypes(next.grantTypes);
  state.registration.replace(next.registration);
  deps.clients.replace(clients);
  state.federated.replaceClients(clients);
}
