/**
 * Storage: one contract, several implementations, and the record kinds built once on top of it.
 * Owns durability, revisions and expiry. Does not know what its values mean.
 */
export type { EtcdTls } from './etcd/etcd-http.ts';
export { type EtcdStoreOptions, openEtcdStore } from './etcd/index.ts';
export {
  type Collected,
  createExpiring,
  type Expiring,
  type ExpiringDeps,
  type ExpiringEntry,
  type ExpiringRecord,
  type IfRevision,
  type PutOptions,
} from './expiring.ts';
export { followPrefix, type PrefixFollower, type PrefixFollowerDeps } from './follow-prefix.ts';
export { type Housekeeping, type HousekeepingDeps, startHousekeeping } from './housekeeping.ts';
export { type LeaderElection, type LeaderElectionDeps, openLeaderElection } from './leader-election.ts';
export type { LocalStore, LocalStoreDeps } from './local/local-store.ts';
export { type MeasuredStoreDeps, measureStore, type StoreOperation } from './measured-store.ts';
export { createMemoryStore } from './memory/memory-store.ts';
export {
  createSealer,
  type Opened,
  SealedValueError,
  type Sealer,
  type SealingKeys,
  sealingKeyId,
} from './sealer.ts';
export { openSqliteStore, type SqliteStoreDeps } from './sqlite/sqlite-store.ts';
export {
  CompactedError,
  type Condition,
  type Entry,
  FutureRevisionError,
  InvalidTransactionError,
  type Lease,
  LeaseNotFoundError,
  type ListOptions,
  type ListResult,
  MOST_CONDITIONS,
  type Store,
  type StoreEvent,
  StoreUnavailableError,
  type StoreWatch,
  TransactionTooLargeError,
  type TxnResult,
  type Watcher,
  type WatchHandlers,
  type Write,
} from './store.ts';
export { StoreOpenError, type StoreOpenErrorCode } from './store-open-error.ts';
export {
  type DeadLetterPolicy,
  openWorkQueue,
  type RetryDelays,
  type WorkClaim,
  type WorkItem,
  type WorkQueue,
  type WorkQueueBounds,
  type WorkQueueDeps,
  WorkQueueFullError,
} from './work-queue/index.ts';
