import type { OIDCConnectorOptions } from './oidc/oidc-options.ts';

/** In the shape of Dex's `connectors[]`, with secrets and files read. */
export interface ConnectorConfig {
  readonly type: 'oidc';
  readonly id: string;
  readonly name: string;
  readonly config: OIDCConnectorOptions;
}
