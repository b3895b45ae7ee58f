import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../identity-deps.ts';
import type { Connector } from './connector.ts';
import type { ConnectorConfig } from './connector-config.ts';
import { createConnector } from './registry.ts';

/** The connectors in force. */
export interface Connectors {
  /** In the configuration's order. */
  list(): readonly Connector[];
  find(id: string): Connector | undefined;
  /** From now on these; one that has not changed stays as it is. */
  replace(configs: readonly ConnectorConfig[]): void;
  close(): Promise<void>;
}

export interface ConnectorsDeps {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  now(): number;
  /** How one is made. Default: by its type. */
  readonly create?: typeof createConnector;
}

interface Held {
  readonly config: ConnectorConfig;
  readonly connector: Connector;
}

export function createConnectors(
  configs: readonly ConnectorConfig[],
  { log, now, create = createConnector }: ConnectorsDeps,
): Connectors {
  let held: ReadonlyMap<string, Held> = hold(configs);

  function hold(
    wanted: readonly ConnectorConfig[],
    before?: ReadonlyMap<string, Held>,
  ): ReadonlyMap<string, Held> {
    return new Map(
      wanted.map((config) => {
        const known = before?.get(config.id);
        const same = known !== undefined && isDeepStrictEqual(known.config, config);
        return [config.id, same ? known : { config, connector: create(config, { now }) }];
      }),
    );
  }

  return {
    list: () => [...held.values()].map(({ connector }) => connector),
    find: (id) => held.get(id)?.connector,
    replace(wanted) {
      const before = held;
      held = hold(wanted, before);
      const kept = new Set([...held.values()].map(({ connector }) => connector));
      for (const { connector } of before.values()) {
        if (kept.has(connector)) continue;
        connector
          .close()
          .catch((err: unknown) => log.warn({ err }, 'connections of a connector were not closed'));
      }
    },
    async close() {
      await Promise.all([...held.values()].map(({ connector }) => connector.close()));
    },
  };
}
