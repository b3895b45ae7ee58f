import { createExpiring, type Expiring, type Sealer, type Store } from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import type { ConnectorConfig } from './connector-config.ts';
import { type ConnectorEndings, createConnectorEndings } from './connector-endings.ts';
import { type Connectors, createConnectors } from './connectors.ts';
import { type AttemptRecord, createUpstreamAttempts, type UpstreamAttempts } from './upstream-attempts.ts';
import { createUpstreamPeople, type UpstreamPeople, type UpstreamPerson } from './upstream-people.ts';

/** Where people sign in elsewhere, who has, and who is on the way. */
export interface OpenUpstream {
  readonly connectors: Connectors;
  readonly people: UpstreamPeople;
  readonly attempts: UpstreamAttempts;
  /** Takes other connectors from now on, and ends what people of those have that are gone. */
  replace(configs: readonly ConnectorConfig[]): Promise<void>;
  /** How many people each connector has vouched for. */
  count(connector: string): Promise<number>;
  /** Record sets to be collected by the store's housekeeping. */
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
  close(): Promise<void>;
}

export interface OpenUpstreamDeps {
  readonly store: Store;
  readonly configs: readonly ConnectorConfig[];
  readonly sealer: Sealer;
  readonly lifetimes: Pick<Lifetimes, 'authRequests' | 'kept'>;
  readonly log: Log;
  /** Ends every session and grant of an account. */
  endAllOf(accountId: string): Promise<unknown>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export async function openUpstream(deps: OpenUpstreamDeps): Promise<OpenUpstream> {
  const { store, configs, sealer, lifetimes, log, now } = deps;
  const attempts = createExpiring<AttemptRecord>(store, { prefix: 'identity/upstream-attempts/', now });
  const records = createExpiring<UpstreamPerson>(store, { prefix: 'identity/upstream-people/', now });
  const connectors = createConnectors(configs, { log, now });
  const people = createUpstreamPeople({
    records,
    connectors,
    sealer,
    longest: () => lifetimes.kept.longest,
    now,
  });
  const endings: ConnectorEndings = createConnectorEndings({ store, log, people, endAllOf: deps.endAllOf });
  await endings.follow(connectors.list());
  return {
    connectors,
    people,
    attempts: createUpstreamAttempts({ records: attempts, lifetime: () => lifetimes.authRequests, now }),
    async replace(wanted) {
      connectors.replace(wanted);
      await endings.follow(connectors.list());
    },
    async count(connector) {
      let count = 0;
      for await (const _ of people.of(connector)) count += 1;
      return count;
    },
    expiring: [attempts, records, endings],
    async close() {
      await endings.close();
      await connectors.close();
    },
  };
}
