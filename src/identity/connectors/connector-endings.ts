import type { Store } from '../../store/index.ts';
import { openStaticEndings, type StaticEndings } from '../accounts/static-endings.ts';
import { createAccountEndings } from '../accounts/users/account-endings.ts';
import type { Log } from '../identity-deps.ts';
import type { Connector } from './connector.ts';
import type { UpstreamPeople } from './upstream-people.ts';

/**
 * Ends what people of a connector have going when no configuration has it any more, or another provider goes by its name: by
 * the rules for accounts of the configuration (accounts/static-endings.ts), for each connector as a whole.
 */
export interface ConnectorEndings {
  /** Remembers these, and ends what no process has any more. */
  follow(connectors: readonly Connector[]): Promise<void>;
  /** Carries out what was begun and not completed. */
  collect(limit: number): Promise<{ readonly seen: number; readonly removed: number }>;
  close(): Promise<void>;
}

export interface ConnectorEndingsDeps {
  readonly store: Store;
  readonly log: Log;
  readonly people: Pick<UpstreamPeople, 'of' | 'find' | 'forget'>;
  /** Ends every session and grant of an account. */
  endAllOf(accountId: string): Promise<unknown>;
}

const places = {
  remembered: 'identity/connector-origins/',
  holders: 'identity/connector-holders/',
  endings: 'identity/connector-ending/',
};

export function createConnectorEndings({
  store,
  log,
  people,
  endAllOf,
}: ConnectorEndingsDeps): ConnectorEndings {
  let opened: StaticEndings | undefined;

  async function endPeopleOf(connector: string): Promise<void> {
    for await (const accountId of people.of(connector)) {
      // Somebody of whoever goes by the name now.
      if ((await people.find(accountId)) !== undefined) continue;
      await endAllOf(accountId);
      await people.forget(accountId);
    }
  }

  const endings = createAccountEndings({ store, endAllOf: endPeopleOf, prefix: places.endings });

  return {
    async follow(connectors) {
      const wanted = connectors.map(({ id, origin }) => ({ id, hash: origin }));
      if (opened !== undefined) return opened.follow(wanted);
      // A process without connectors, on a store that has never seen one, keeps nothing for them.
      const { entries } = await store.list(places.remembered, { limit: 1 });
      if (wanted.length === 0 && entries.length === 0) return;
      opened = await openStaticEndings({ store, endings, log, places }, wanted);
    },
    collect: (limit) => endings.collect(limit),
    close: async () => opened?.close(),
  };
}
