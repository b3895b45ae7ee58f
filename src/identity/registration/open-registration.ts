import type { RequestHandler } from 'express';
import type { Expiring } from '../../store/index.ts';
import { type Actor, audited } from '../audit/index.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { type ClientView, viewOf } from '../clients/client-view.ts';
import { configOf } from './registered-client.ts';
import { openRegisteredClients, type RegisteredClientsDeps } from './registered-clients.ts';
import { createRegistrar, type RegistrarDeps, registeredMetadata } from './registrar.ts';
import type { RegistrationConfig } from './registration-config.ts';
import { createRegistrationEndpoint, type RegistrationEndpointDeps } from './registration-endpoint.ts';

/** Everything about clients that have registered themselves that the other rooms of this door need. */
export interface OpenRegistration {
  /** What the provider is told of one; undefined when there is none. */
  metadata(id: string): Promise<ClientMetadata | undefined>;
  /** Tells that somebody got tokens by it. */
  used(id: string): Promise<void>;
  has(id: string): boolean;
  views(): readonly ClientView[];
  /** False when none has this id. */
  remove(id: string, by: Actor): Promise<boolean>;
  /** Where clients register. */
  endpoint(check: RegistrarDeps['check']): RequestHandler;
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
  close(): void;
}

export interface OpenRegistrationDeps
  extends Omit<RegisteredClientsDeps, keyof RegistrationConfig>,
    Omit<RegistrarDeps, 'clients' | 'check'>,
    Omit<RegistrationEndpointDeps, 'config' | 'registrar' | 'remove'> {}

/** @param config undefined: nothing can be registered, and what was registered before does not count */
export async function openRegistration(
  config: RegistrationConfig | undefined,
  deps: OpenRegistrationDeps,
): Promise<OpenRegistration | undefined> {
  if (config === undefined) return undefined;
  const clients = await openRegisteredClients({ ...deps, ...config });
  const remove = (id: string, by: Actor) =>
    audited(deps, { action: 'client.delete', by, subject: id }, () => clients.remove(id));
  return {
    async metadata(id) {
      const client = await clients.find(id);
      return client && registeredMetadata(client, deps.grantTypes);
    },
    used: clients.used,
    has: clients.has,
    views: () =>
      clients
        .list()
        .map((client) => ({ ...viewOf(configOf(client), 'registered'), issuedAt: client.issuedAt })),
    remove,
    endpoint: (check) =>
      createRegistrationEndpoint({
        ...deps,
        config,
        remove,
        registrar: createRegistrar({ ...deps, clients, check }),
      }),
    expiring: [clients.expiring],
    close: clients.close,
  };
}
