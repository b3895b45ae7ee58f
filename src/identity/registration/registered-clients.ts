import type { Entry, Expiring, ExpiringRecord, Store, StoreWatch } from '../../store/index.ts';
import { createExpiring, followPrefix } from '../../store/index.ts';
import { type AccountWatchHandlers, watchAccounts } from '../accounts/account-watch.ts';
import type { Log } from '../identity-deps.ts';
import { createManagedConfigs, type ManagedConfigs } from './managed-configs.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { RegistrationConfig } from './registration-config.ts';
import { RegistrationError } from './registration-error.ts';

/** One of them, at a revision of the store. */
export interface KeptClient {
  readonly client: RegisteredClient;
  readonly revision: number;
}

/** The clients that have registered themselves, and those that operators have made. */
export interface RegisteredClients {
  find(id: string): Promise<RegisteredClient | undefined>;
  /** The same, with the revision that it is at. */
  read(id: string): Promise<KeptClient | undefined>;
  /** Keeps one that an operator has made, for good; the new revision, undefined when there is one of this id. */
  create(client: RegisteredClient): Promise<number | undefined>;
  /** Changes such a one; the new revision, undefined when it is not at this one any more. */
  update(client: RegisteredClient, revision: number): Promise<number | undefined>;
  /** @throws RegistrationError when there are as many as there may be */
  add(client: RegisteredClient): Promise<void>;
  /** False when it has changed meanwhile, or is gone. */
  replace(before: RegisteredClient, after: RegisteredClient): Promise<boolean>;
  /** False when there was none. */
  remove(id: string): Promise<boolean>;
  /** Tells that somebody got tokens by it: it stays for longer. */
  used(id: string): Promise<void>;
  /** What this process knows of: every change of another one comes in a moment, and at once where it is looked at. */
  known(id: string): RegisteredClient | undefined;
  /** Of operators, as this process knows them. */
  readonly managed: Pick<ManagedConfigs, 'all' | 'follow'>;
  list(): readonly KeptClient[];
  /** All of them as the store has them, now or as of a revision, with the revision that was read. */
  readAll(revision?: number): Promise<{ readonly clients: readonly KeptClient[]; readonly revision: number }>;
  /** Tells every change after a revision of the store. */
  watch(after: number, handlers: AccountWatchHandlers<KeptClient>): StoreWatch;
  readonly expiring: Pick<Expiring<RegisteredClient>, 'collect'>;
  close(): void;
}

export interface RegisteredClientsDeps {
  readonly store: Store;
  readonly log: Log;
  /** As it is configured now. */
  config(): RegistrationConfig;
  /** Milliseconds since the epoch. */
  now(): number;
}

const prefix = 'identity/registered/';

/**
 * Milliseconds in which a client that has registered must be used for the first time. Where everybody may register, one host must
 * not take all the places there are.
 */
const firstUse = { guarded: 24 * 60 * 60_000, open: 60 * 60_000 };

/** When a client ends that does not end by itself. */
const never = Number.MAX_SAFE_INTEGER;

/** Of a client's lifetime: a use puts off its end only when so much of it has gone by. */
const granularity = 1 / 20;

export async function openRegisteredClients(deps: RegisteredClientsDeps): Promise<RegisteredClients> {
  const { store, log, now } = deps;
  const records = createExpiring<RegisteredClient>(store, { prefix, now });
  const known = new Map<string, ExpiringRecord<RegisteredClient>>();
  const managed = createManagedConfigs();
  const recordKey = `${prefix}record/`;

  let removals = 0;

  /** What is read may be newer than what was followed so far, or older. */
  function note(id: string, record: ExpiringRecord<RegisteredClient>): void {
    if (record.revision <= (known.get(id)?.revision ?? 0)) return;
    known.set(id, record);
    managed.put(record.value);
  }
  function forget(id: string): void {
    removals += 1;
    known.delete(id);
    managed.remove(id);
  }
  async function look(id: string): Promise<ExpiringRecord<RegisteredClient> | undefined> {
    const before = removals;
    const record = await records.get(id);
    if (record === undefined) forget(id);
    // It may be what was removed while it was read; one that is there is followed in a moment.
    else if (removals === before) note(id, record);
    return record;
  }

  const watcher = await followPrefix(
    { store, onError: (err) => log.error({ err }, 'following registered clients was interrupted') },
    recordKey,
    {
      put: ({ key, value, modRevision: revision }) =>
        note(key.slice(recordKey.length), { ...JSON.parse(value), revision }),
      remove: ({ key }) => forget(key.slice(recordKey.length)),
    },
  );

  async function countRegistered(): Promise<number> {
    let count = 0;
    for await (const { value } of records.entries('')) if (value.managed !== true) count += 1;
    return count;
  }

  /** @param changed what is said anew; else only its end is put off */
  const write = (before: ExpiringRecord<RegisteredClient>, value: RegisteredClient, expiresAt: number) =>
    records.put(value.id, value, Math.max(before.expiresAt, expiresAt), { replacing: before });

  const alive = (id: string) => {
    const record = known.get(id);
    return record !== undefined && record.expiresAt > now() ? keptOf(record) : undefined;
  };

  function livingOf({ value, modRevision: revision }: Entry): KeptClient | undefined {
    const record: ExpiringRecord<RegisteredClient> = { ...JSON.parse(value), revision };
    return record.expiresAt > now() ? keptOf(record) : undefined;
  }

  function untilUsed(): number {
    const { initialAccessToken, unusedFor } = deps.config();
    return Math.min(unusedFor, initialAccessToken === undefined ? firstUse.open : firstUse.guarded);
  }

  return {
    find: async (id) => (await look(id))?.value,
    async read(id) {
      const record = await look(id);
      return record && keptOf(record);
    },
    create: (client) => records.create(client.id, client, never),
    update: (client, revision) => records.put(client.id, client, never, { ifRevision: revision }),
    async add(client) {
      await records.create(client.id, client, now() + untilUsed());
      // Written first and counted then: of several at once none slips by the bound, though all of them may be refused.
      if ((await countRegistered()) <= deps.config().maxClients) return;
      await records.delete(client.id);
      throw new RegistrationError('temporarily_unavailable', 'no more clients can be registered now');
    },
    async replace(before, after) {
      const record = await records.get(before.id);
      if (record === undefined || JSON.stringify(record.value) !== JSON.stringify(before)) return false;
      return (await write(record, after, record.expiresAt)) !== undefined;
    },
    remove: (id) => records.delete(id),
    async used(id) {
      const record = await records.get(id);
      if (record === undefined) return;
      const { value, expiresAt } = record;
      const { unusedFor } = deps.config();
      const isFresh = value.used && expiresAt - now() > unusedFor * (1 - granularity);
      if (!isFresh) await write(record, { ...value, used: true }, now() + unusedFor);
    },
    known: (id) => alive(id)?.client,
    managed,
    list: () => [...known.keys()].flatMap((id) => alive(id) ?? []),
    async readAll(at) {
      const { entries, revision } = await store.list(recordKey, at === undefined ? {} : { revision: at });
      return { clients: entries.flatMap((entry) => livingOf(entry) ?? []), revision };
    },
    watch: (after, handlers) => watchAccounts(store, recordKey, after, livingOf, handlers),
    expiring: records,
    close: () => watcher.close(),
  };
}

function keptOf({ value, revision }: ExpiringRecord<RegisteredClient>): KeptClient {
  return { client: value, revision };
}
