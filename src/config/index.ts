/**
 * The configuration file: Dex's keys and `gateway`, checked to the last one, with the place of every fault.
 * Owns schema, loading and secret references. Knows nothing of the parts that it configures.
 */
export { type ChangedKeys, changedKeys } from './changed-keys.ts';
export { checkExposure } from './check-exposure.ts';
export { closest } from './closest.ts';
export { ALL_CLUSTERS, type ClusterAddress, clusterAddresses, gatewayUrl } from './cluster-addresses.ts';
export { type ClusterConfig, clustersOf } from './clusters.ts';
export type {
  ApiServerConfig,
  Config,
  EncryptionKeys,
  GatewayConfig,
  ListenAddress,
  StaticClient,
  StaticPassword,
} from './config.ts';
export { ConfigError, type ConfigFault } from './config-error.ts';
export { type ConfigSource, createConfigSource } from './config-source.ts';
export { openDataDirectory } from './data-directory.ts';
export { isLoopback } from './is-loopback.ts';
export { type LoadConfigDeps, loadConfig, parseConfig } from './load-config.ts';
export { readNamedFile } from './read-named-file.ts';
export {
  type ClientFault,
  type ManagedClient,
  managedClientSchema,
  readManagedClient,
} from './schema/managed-client.ts';
export { takenOver } from './taken-over.ts';
