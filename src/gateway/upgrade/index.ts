/**
 * Upgrades: what may be asked for, who may have it, and the way of a bare connection into the pipeline. Owns no target:
 * what follows a 101 is theirs.
 */
export type { ClientUpgrade, StreamingProtocol, UpgradeOffer } from './client-upgrade.ts';
export { streamingProtocol, upgradeProblem } from './read-upgrade.ts';
export { serveUpgrades } from './serve-upgrades.ts';
export { checkConnectRights, connectRight, isStreaming } from './stream-rights.ts';
export { BEARER_PROTOCOL, offeredProtocols } from './websocket-protocols.ts';
