import type { RequestHandler } from 'express';
import { createExpiring, type Expiring, type StoreWatch } from '../../store/index.ts';
import { type AccountWatchHandlers, mapChanges } from '../accounts/account-watch.ts';
import { createAddressLimit } from '../accounts/sign-in/address-limit.ts';
import { type Actor, audited } from '../audit/index.ts';
import type { StoredConfigs } from '../clients/client-configs.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import type { ClientView } from '../clients/client-view.ts';
import { warnOfOpenRegistration } from '../warn-of-weaknesses.ts';
import { type ClientEndingsDeps, createClientEndings } from './client-endings.ts';
import {
  createManagedClients,
  keptView,
  type ManagedClients,
  type ManagedClientsDeps,
} from './managed-clients.ts';
import type { ManagedConfigs } from './managed-configs.ts';
import type { RegisteredClient } from './registered-client.ts';
import { openRegisteredClients, type RegisteredClientsDeps } from './registered-clients.ts';
import { createRegistrar, type RegistrarDeps, registeredMetadata } from './registrar.ts';
import type { RegistrationConfig } from './registration-config.ts';
import { createRegistrationEndpoint, type RegistrationEndpointDeps } from './registration-endpoint.ts';

/** Everything about clients that are not configured that the other rooms of this door need. */
export interface OpenRegistration {
  /** Whether it is configured. When it is not, nothing can be registered, and what had registered itself before does not count. */
  isServed(): boolean;
  /** From now on by this configuration; undefined: not any more. */
  replace(config: RegistrationConfig | undefined): void;
  /** What the provider is told of one; undefined when there is none. */
  metadata(id: string): Promise<ClientMetadata | undefined>;
  /** Tells that somebody got tokens by it. */
  used(id: string): Promise<void>;
  has(id: string): boolean;
  /** What operators say of those that they have made. */
  readonly stored: StoredConfigs & Pick<ManagedConfigs, 'follow'>;
  views(): readonly ClientView[];
  /** Those that the store has, now or as of a revision, with the revision that was read. */
  readViews(
    revision?: number,
  ): Promise<{ readonly clients: readonly ClientView[]; readonly revision: number }>;
  /** Tells every change after a revision of the store. */
  watch(after: number, handlers: AccountWatchHandlers<ClientView>): StoreWatch;
  /** One of them as the store has it now. */
  view(id: string): Promise<ClientView | undefined>;
  /** False when none has this id. */
  remove(id: string, by: Actor): Promise<boolean>;
  /** Those that operators make, whether or not it is served. */
  managed(
    more: Pick<ManagedClientsDeps, 'check' | 'isConfigured' | 'authenticators' | 'connectors'>,
  ): ManagedClients;
  /** Where clients register, while it is served. */
  endpoint(check: RegistrarDeps['check']): RequestHandler;
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
  close(): void;
}

export interface OpenRegistrationDeps
  extends Omit<RegisteredClientsDeps, 'config'>,
    Omit<RegistrarDeps, 'clients' | 'check'>,
    Omit<RegistrationEndpointDeps, 'config' | 'registrar' | 'remove' | 'limit'>,
    Pick<ClientEndingsDeps, 'endForEverybody'> {
  /** Behind the buckets of addresses. */
  readonly secret: string;
}

/** For who has begun when it was still served: no client more is taken. */
const nothing: RegistrationConfig = { initialAccessToken: undefined, maxClients: 0, unusedFor: 0 };

export async function openRegistration(
  config: RegistrationConfig | undefined,
  deps: OpenRegistrationDeps,
): Promise<OpenRegistration> {
  let inForce = config;
  warnOfOpenRegistration(undefined, config, deps.log);
  const isServed = () => inForce !== undefined;
  const counts = (client: RegisteredClient | undefined) =>
    client !== undefined && (client.managed === true || isServed());
  const configNow = () => inForce ?? nothing;
  const clients = await openRegisteredClients({ ...deps, config: configNow });
  const endings = createClientEndings({ ...deps, remove: clients.remove });
  const requests = createExpiring<number>(deps.store, {
    prefix: 'identity/registration-limit/',
    now: deps.now,
  });
  const limit = createAddressLimit({ ...deps, records: requests });

  async function remove(id: string, by: Actor): Promise<boolean> {
    if (!counts(await clients.find(id))) return false;
    await audited(deps, { action: 'client.delete', by, subject: id }, () => endings.complete(id, by));
    return true;
  }

  /** What a client had that nobody has used for too long goes before it. */
  const collectUnused = (most: number) =>
    clients.expiring.collect(most, (gone) =>
      endings.endOf(gone.filter(({ used }) => used).map(({ id }) => id)),
    );

  function endpoint(check: RegistrarDeps['check']): RequestHandler {
    const registrar = createRegistrar({ ...deps, clients, check });
    const router = createRegistrationEndpoint({ ...deps, config: configNow, remove, limit, registrar });
    return (req, res, next) => (isServed() ? router(req, res, next) : next());
  }

  return {
    isServed,
    replace(next) {
      warnOfOpenRegistration(inForce, next, deps.log);
      inForce = next;
    },
    async metadata(id) {
      const client = await clients.find(id);
      return client && counts(client) ? registeredMetadata(client, deps.grantTypes()) : undefined;
    },
    used: clients.used,
    has: (id) => counts(clients.known(id)),
    stored: { configs: clients.managed.all, look: clients.find, follow: clients.managed.follow },
    views: () =>
      clients
        .list()
        .filter(({ client }) => counts(client))
        .map(keptView),
    async readViews(at) {
      const { clients: kept, revision } = await clients.readAll(at);
      return { clients: kept.filter(({ client }) => counts(client)).map(keptView), revision };
    },
    watch: (after, handlers) => clients.watch(after, mapChanges(keptView, handlers)),
    async view(id) {
      const kept = await clients.read(id);
      return kept && counts(kept.client) ? keptView(kept) : undefined;
    },
    remove,
    managed: (more) => createManagedClients({ ...deps, ...more, clients, endings }),
    endpoint,
    expiring: [{ collect: collectUnused }, endings, requests],
    close: clients.close,
  };
}
