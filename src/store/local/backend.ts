import type { Entry, StoreEvent } from '../store.ts';
import type { KeyRange } from './key-order.ts';

export interface LeaseRecord {
  readonly id: string;
  readonly ttlMs: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

export interface Commit {
  readonly revision: number;
  /** In ascending key order; each key at most once. */
  readonly events: readonly StoreEvent[];
  /** The lease that ends with this commit. */
  readonly endedLease?: string;
}

/**
 * What a store inside this process must be able to keep: synchronous, one writer, no rules of its own. The rules
 * (conditions, leases, watches, errors) are written once, in local-store.ts.
 */
export interface Backend {
  revision(): number;
  compactedRevision(): number;
  get(key: string): Entry | undefined;
  /** As of `revision`, which lies between the compacted and the current one. */
  list(range: KeyRange, revision: number, limit: number | undefined): { entries: Entry[]; remaining: number };
  /** Events of the keys under `prefix` with after < revision <= through, ordered by revision, then by key. */
  events(prefix: string, after: number, through: number): readonly StoreEvent[];
  /** Keeps all of it or, when it throws, nothing. Without events the revision stays as it is. */
  commit(commit: Commit): void;
  leases(): readonly LeaseRecord[];
  /** Current entries that belong to a lease. */
  leasedEntries(): readonly Entry[];
  /** Creates or replaces the lease. */
  saveLease(lease: LeaseRecord): void;
  /** Moves the compacted revision; removes nothing yet. */
  compact(revision: number): void;
  /** Removes at most about `limit` forgotten versions. True when more are left. */
  trim(limit: number): boolean;
  close(): void;
}
