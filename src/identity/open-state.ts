import type { IdentityAudit } from './audit/index.ts';
import { createFederatedClients, type FederatedClients } from './federated-credentials/federated-clients.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { defaultRotationPeriod } from './keys/key-times.ts';
import { type Keys, openKeys } from './keys/keys.ts';
import { type LogoutQueue, openLogoutQueue } from './logout/logout-queue.ts';
import { type EndedGrants, followEndedGrants } from './provider/ended-grants.ts';
import { createUsedOnce, type UsedOnce } from './provider/used-once.ts';
import { openRecords, type Records } from './records.ts';
import { type OpenRegistration, openRegistration } from './registration/open-registration.ts';
import { type OpenSessions, openSessions } from './sessions/open-sessions.ts';
import type { Settings } from './settings.ts';

export interface OpenStateDeps {
  readonly config: Pick<
    IdentityDeps,
    'store' | 'leader' | 'signer' | 'clients' | 'registration' | 'log' | 'now'
  >;
  readonly settings: Settings;
  readonly audit: IdentityAudit;
}

/** What door 1 keeps in the store, but for people: who is signed in, the keys, clients that are not configured. */
export interface State {
  readonly records: Records;
  readonly endedGrants: EndedGrants;
  readonly isFirst: UsedOnce;
  readonly federated: FederatedClients;
  readonly registration: OpenRegistration;
  /** Ends of sessions that clients are still to be told of. */
  readonly signOuts: LogoutQueue;
  readonly sessions: OpenSessions;
  readonly keys: Keys;
}

/** @throws what the store throws, SealedValueError */
export async function openState({ config, settings, audit }: OpenStateDeps): Promise<State> {
  const { store, clients, log, now } = config;
  const { issuer, grantTypes, lifetimes, sealer, clientAddress } = settings;
  const records = openRecords(store, now);
  const { models, indexes } = records;
  const endedGrants = await followEndedGrants({ store, log });
  const isFirst = createUsedOnce(models);
  const signOuts = await openLogoutQueue({ store, clients: settings.configs, log, now });
  const onEnd = signOuts.tell;
  const sessions = openSessions({ store, records: models, indexes, lifetimes, audit, now, onEnd });
  const keys = await openKeys({
    store,
    sealer,
    leader: config.leader ?? { isLeader: () => true },
    algorithm: config.signer?.algorithm ?? 'RS256',
    rotationPeriod: config.signer?.keysRotationPeriod ?? defaultRotationPeriod,
    longest: () => ({ tokens: lifetimes.kept.signed, cookies: lifetimes.kept.longest }),
    now,
    log,
    audit,
    endAll: async () => void (await sessions.service.endAll({ cause: 'keys' })),
  });
  const registration = await openRegistration(config.registration, {
    issuer,
    store,
    grantTypes,
    audit,
    clientAddress,
    endForEverybody: sessions.applications.endForEverybody,
    secret: keys.addresses(),
    log,
    now,
  });
  settings.configs.addStored(registration.stored);
  const federated = createFederatedClients({ issuer, clients, log, isFirst, now });
  return { records, endedGrants, isFirst, federated, registration, signOuts, sessions, keys };
}
