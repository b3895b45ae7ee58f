import type { RequestHandler } from 'express';
import { createExpiring, type Expiring } from '../../store/index.ts';
import { createAddressLimit } from '../accounts/sign-in/address-limit.ts';
import { type Actor, audited } from '../audit/index.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { type ClientView, viewOf } from '../clients/client-view.ts';
import { type ClientEndingsDeps, createClientEndings } from './client-endings.ts';
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
    Omit<RegistrationEndpointDeps, 'config' | 'registrar' | 'remove' | 'limit'>,
    Pick<ClientEndingsDeps, 'endForEverybody'> {
  /** Behind the buckets of addresses. */
  readonly secret: string;
}

/** @param config undefined: nothing can be registered, and what was registered before does not count */
export async function openRegistration(
  config: RegistrationConfig | undefined,
  deps: OpenRegistrationDeps,
): Promise<OpenRegistration | undefined> {
  if (config === undefined) return undefined;
  const clients = await openRegisteredClients({ ...deps, ...config });
  const endings = createClientEndings({ ...deps, remove: clients.remove });
  const requests = createExpiring<number>(deps.store, {
    prefix: 'identity/registration-limit/',
    now: deps.now,
  });
  const limit = createAddressLimit({ ...deps, records: requests });

  async function remove(id: string, by: Actor): Promise<boolean> {
    if ((await clients.find(id)) === undefined) return false;
    await audited(deps, { action: 'client.delete', by, subject: id }, () => endings.complete(id, by));
    return true;
  }

  /** What a client had that nobody has used for too long goes before it. */
  const collectUnused = (most: number) =>
    clients.expiring.collect(most, (gone) =>
      endings.endOf(gone.filter(({ used }) => used).map(({ id }) => id)),
    );

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
        limit,
        registrar: createRegistrar({ ...deps, clients, check }),
      }),
    expiring: [{ collect: collectUnused }, endings, requests],
    close: clients.close,
  };
}
