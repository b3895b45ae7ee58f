import type { Expiring, Sealer } from '../../store/index.ts';
import type { Account } from '../accounts/accounts.ts';
import { accountOfUpstream, upstreamOf } from '../claims/subjects.ts';
import type { Connector, UpstreamIdentity, Vouched } from './connector.ts';
import type { Connectors } from './connectors.ts';

/** Somebody as their connector knew them when it was last asked. */
export interface UpstreamPerson {
  readonly connector: string;
  /** Who vouched; a connector that asks another one knows nobody of these. */
  readonly origin: string;
  readonly identity: UpstreamIdentity;
  /** Sealed. */
  readonly data?: string | undefined;
  /** When it was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** A process is asking, until then at most. */
  readonly asking?: number | undefined;
}

/** A record as it was read, to be replaced as that one only. */
export interface KeptPerson {
  readonly accountId: string;
  readonly person: UpstreamPerson;
  readonly revision: number;
}

/** People who sign in elsewhere: what is kept of them here. Nobody is here before their connector has vouched for them. */
export interface UpstreamPeople {
  /** Keeps what a connector has said at a sign-in. @returns the account's id */
  signedIn(connector: Connector, vouched: Vouched): Promise<string>;
  /** Undefined also where their connector is gone, or another one goes by its name. */
  find(accountId: string): Promise<KeptPerson | undefined>;
  account(accountId: string): Promise<Account | undefined>;
  /** Replaces a record, if it is still that one. @returns undefined when it is not */
  replace(kept: KeptPerson, person: UpstreamPerson): Promise<KeptPerson | undefined>;
  forget(accountId: string): Promise<void>;
  seal(accountId: string, data: string | undefined): Pick<UpstreamPerson, 'data'>;
  /** @returns undefined when the connector cannot be asked again */
  open(accountId: string, person: UpstreamPerson): string | undefined;
  /** Ids of the accounts of a connector, whoever was asked by it. */
  of(connector: string): AsyncIterable<string>;
}

export interface UpstreamPeopleDeps {
  readonly records: Expiring<UpstreamPerson>;
  readonly connectors: Pick<Connectors, 'find'>;
  readonly sealer: Sealer;
  /** Milliseconds for which something may count that was issued to somebody. */
  longest(): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Where a record's secret can be opened. */
const placeOf = (accountId: string) => `identity/upstream-people/${accountId}`;

/** Keys begin with the connector, so that its people are together; no id of a connector holds a slash. */
const keyOf = (accountId: string) => `${upstreamOf(accountId)?.connector ?? ''}/${accountId}`;

export function createUpstreamPeople(deps: UpstreamPeopleDeps): UpstreamPeople {
  const { records, connectors, sealer, now } = deps;
  const end = () => now() + deps.longest();

  function seal(accountId: string, data: string | undefined): Pick<UpstreamPerson, 'data'> {
    return data === undefined ? {} : { data: sealer.seal(placeOf(accountId), data) };
  }

  async function find(accountId: string): Promise<KeptPerson | undefined> {
    const record = await records.get(keyOf(accountId));
    if (record === undefined) return undefined;
    const { value: person, revision } = record;
    if (connectors.find(person.connector)?.origin !== person.origin) return undefined;
    return { accountId, person, revision };
  }

  return {
    async signedIn({ id: connector, origin }, { identity, data }) {
      const accountId = accountOfUpstream({ connector, userId: identity.userId });
      const person = { connector, origin, identity, ...seal(accountId, data), askedAt: now() };
      await records.put(keyOf(accountId), person, end());
      return accountId;
    },
    find,
    async account(accountId) {
      const kept = await find(accountId);
      const type = kept && connectors.find(kept.person.connector)?.type;
      return kept === undefined || type === undefined ? undefined : toAccount(kept, type);
    },
    async replace({ accountId, revision }, person) {
      const next = await records.put(keyOf(accountId), person, end(), { ifRevision: revision });
      return next === undefined ? undefined : { accountId, person, revision: next };
    },
    forget: async (accountId) => void (await records.delete(keyOf(accountId))),
    seal,
    open: (accountId, { data }) =>
      data === undefined ? undefined : sealer.open(placeOf(accountId), data).text,
    async *of(connector) {
      for await (const { key } of records.entries(`${connector}/`)) yield key.slice(connector.length + 1);
    },
  };
}

function toAccount({ accountId, person }: KeptPerson, type: string): Account {
  const { userId, ...told } = person.identity;
  return {
    id: accountId,
    ...told,
    // The store keeps no undefined.
    preferredUsername: told.preferredUsername,
    upstream: { connector: person.connector, type, userId },
  };
}
