import type { Connector } from './connector.ts';
import type { ConnectorConfig } from './connector-config.ts';
import { createOIDCConnector } from './oidc/oidc-connector.ts';

export interface ConnectorDeps {
  /** Milliseconds since the epoch. */
  now(): number;
}

type Factories = {
  readonly [T in ConnectorConfig['type']]: (
    config: Extract<ConnectorConfig, { readonly type: T }>,
    deps: ConnectorDeps,
  ) => Connector;
};

/** Every type of connector: a line each, as in src/config/schema/connectors.ts. */
const factories: Factories = {
  oidc: createOIDCConnector,
};

/** Asks nobody anything yet. */
export function createConnector(config: ConnectorConfig, deps: ConnectorDeps): Connector {
  return factories[config.type](config, deps);
}
