import type { KeyRange } from '../key-order.ts';
import type { Entry, StoreEvent } from '../store.ts';

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

/** Undefined: it is kept already. Rejects when it could not be kept; then nothing of it happened. */
export type Kept = Promise<void> | undefined;

/**
 * What a store inside this process must be able to keep: synchronous, one writer, no rules of its own. The rules
 * (conditions, leases, watches, errors) are written once, in local-store.ts. What is written can be compared with at
 * once; who wants to read it waits until it is kept, so that nobody acts on what a power cut could take back.
 */
export interface Backend {
  /** Of all that was written. */
  revision(): number;
  /** Of all that is kept, whatever happens. */
  keptRevision(): number;
  compactedRevision(): number;
  /** As written last. */
  get(key: string): Entry | undefined;
  /** As of the kept revision. */
  getKept(key: string): Entry | undefined;
  /** As of `revision`, which lies between the compacted and the kept one. */
  /** @param counted false: `remaining` may be 0 all the same */
  list(
    range: KeyRange,
    revision: number,
    limit: number | undefined,
    counted?: boolean,
  ): { entries: Entry[]; remaining: number };
  /** Events of the keys under `prefix` with after < revision <= through, ordered by revision, then by key. */
  events(prefix: string, after: number, through: number): readonly StoreEvent[];
  /** Writes all of it or, when it throws, nothing. Without events the revision stays as it is. */
  commit(commit: Commit): Kept;
  /** About all that was written under the prefix so far. */
  settled(prefix: string): Kept;
  /** About the same of one key. */
  settledKey(key: string): Kept;
  /** As written last. */
  leases(): readonly LeaseRecord[];
  /** Entries that belong to a lease, as written last. */
  leasedEntries(): readonly Entry[];
  /** Creates or replaces the lease. */
  saveLease(lease: LeaseRecord): Kept;
  /** Moves the compacted revision; removes nothing yet. */
  compact(revision: number): Kept;
  /** Removes at most about `limit` forgotten versions. True when more are left. */
  trim(limit: number): boolean;
  /** Resolves when what was written is kept or lost. */
  close(): Promise<void>;
}
