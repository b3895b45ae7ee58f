/**
 * The one storage contract, shaped like etcd: a flat, ordered key space, a global revision that grows with every
 * committed transaction, compare-and-set transactions, watches that lose nothing, leases that take their keys along.
 *
 * Every implementation passes test/contract/store.ts. Keys and values are text: well-formed Unicode without NUL, the
 * set that SQLite, PostgreSQL and etcd keep byte for byte. What the text means is the caller's. Nothing here knows of
 * tokens, sessions or Kubernetes objects.
 */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** Revision of the transaction that created the key (since its last deletion). */
  readonly createRevision: number;
  /** Revision of the transaction that last wrote the key. */
  readonly modRevision: number;
  /** The lease that the key dies with. */
  readonly leaseId?: string;
}

/** Holds when the key's modRevision equals `modRevision`; 0 means that the key must be absent. */
export interface Condition {
  readonly key: string;
  readonly modRevision: number;
}

/** What every store compares in one transaction; etcd takes 128 operations by default. Of writes it may be thousands. */
export const MOST_CONDITIONS = 100;

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly leaseId?: string }
  | { readonly type: 'delete'; readonly key: string };

export interface TxnResult {
  /** False when a condition did not hold; then nothing was written. */
  readonly committed: boolean;
  /**
   * The store's revision after the transaction; when committed with a put, every put key's modRevision.
   * A transaction that changes nothing (only deletes of absent keys) leaves the revision as it was.
   */
  readonly revision: number;
}

export interface ListOptions {
  /** At most this many entries. Default: all. */
  readonly limit?: number;
  /** Only keys greater than this one (exclusive). */
  readonly after?: string;
  /** Only keys less than this one (exclusive); `remaining` counts only those too. */
  readonly before?: string;
  /** false: whoever asks does not look at `remaining`, which may be 0 then. Default: true. */
  readonly counted?: boolean;
  /** Read as of this revision. Default: now. Throws CompactedError or FutureRevisionError. */
  readonly revision?: number;
}

export interface ListResult {
  /** In ascending order of the keys' UTF-8 bytes. */
  readonly entries: readonly Entry[];
  /** The revision that was read. */
  readonly revision: number;
  /** How many matching entries follow the last one returned. */
  readonly remaining: number;
}

export type StoreEvent =
  | { readonly type: 'put'; readonly revision: number; readonly entry: Entry; readonly previous?: Entry }
  | { readonly type: 'delete'; readonly revision: number; readonly previous: Entry };

export interface WatchHandlers {
  /** All events of one transaction under the prefix, in ascending key order; called in revision order. */
  onEvents(events: readonly StoreEvent[], revision: number): void;
  /** The watch is over and must be started anew: after CompactedError, or with what onEvents threw. */
  onError(error: Error): void;
}

export interface Watcher {
  close(): void;
}

export interface StoreWatch extends Watcher {
  /**
   * Everything under the prefix up to this revision has been delivered; it grows with what happens elsewhere too. A watch
   * that begins there misses nothing. What another process has written shows when it has been told here.
   */
  progress(): number;
}

export interface Lease {
  readonly id: string;
  /** Starts the time to live anew. False when the lease has already ended. */
  keepAlive(): Promise<boolean>;
  /** Ends the lease now and deletes its keys in one transaction. */
  revoke(): Promise<void>;
}

export interface Store {
  /** The entry, or undefined when the key is absent (as every key is that is not valid text). */
  get(key: string): Promise<Entry | undefined>;
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  /**
   * All conditions hold: all writes commit at one new revision. Otherwise nothing happens. A key occurs in at most one
   * write. A put without leaseId takes the key away from its lease.
   * @throws InvalidTransactionError for text that no store can keep or a key written twice
   * @throws LeaseNotFoundError when a put names a lease that has ended
   * @throws TransactionTooLargeError where the store has a bound: etcd takes 1.5 MiB at once by default
   */
  txn(conditions: readonly Condition[], writes: readonly Write[]): Promise<TxnResult>;
  /**
   * Delivers every event under `prefix` with a revision greater than `afterRevision`, each exactly once. Handlers are
   * never called before watch has returned, and never after Watcher.close or Store.close.
   * What this process has written is delivered before the transaction's promise resolves; a store outside of it does so
   * as long as it can be reached.
   * Calls onError with CompactedError when `afterRevision` is older than what is kept.
   */
  watch(prefix: string, afterRevision: number, handlers: WatchHandlers): StoreWatch;
  /** @param ttlMs time to live in milliseconds, started anew by keepAlive */
  lease(ttlMs: number): Promise<Lease>;
  /** The current revision; 0 for an empty, new store. */
  revision(): Promise<number>;
  /**
   * Forgets the history that led to `revision`; current values stay. Reads as of `revision` and watches after
   * `revision` keep working, older ones end in CompactedError. Does nothing when that much is forgotten already.
   * @throws FutureRevisionError
   */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

/** The revision asked for has been compacted away. */
export class CompactedError extends Error {
  readonly code = 'SP_STORE_COMPACTED';
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super(`revision has been compacted (kept since ${compactedRevision})`);
    this.compactedRevision = compactedRevision;
  }
}

/** The revision asked for lies in the future. */
export class FutureRevisionError extends Error {
  readonly code = 'SP_STORE_FUTURE_REVISION';
  readonly currentRevision: number;
  constructor(currentRevision: number) {
    super(`revision lies in the future (current is ${currentRevision})`);
    this.currentRevision = currentRevision;
  }
}

/** A put names a lease that has expired, was revoked, or never was. */
export class LeaseNotFoundError extends Error {
  readonly code = 'SP_STORE_LEASE_NOT_FOUND';
  constructor() {
    super('the lease has ended');
  }
}

/** The request could not be kept faithfully by every store: a caller's mistake. Names no key and no value. */
export class InvalidTransactionError extends Error {
  readonly code = 'SP_STORE_INVALID';
}

/** What is written at once is more than this store takes: nothing was written. Names no key and no value. */
export class TransactionTooLargeError extends Error {
  readonly code = 'SP_STORE_TOO_LARGE';
}

/**
 * A store outside this process did not answer. Of a transaction it is not known whether it has happened: it is never
 * sent again by itself, so whoever asked must look.
 */
export class StoreUnavailableError extends Error {
  readonly code = 'SP_STORE_UNAVAILABLE';
}
