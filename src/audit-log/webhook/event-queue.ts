/** A batch of events that waits to be delivered. */
export interface QueuedBatch {
  readonly id: string;
  readonly value: string;
  /** How often it has been claimed, this time included. */
  readonly attempts: number;
}

/** Batches that no other sender gets meanwhile. */
export interface ClaimedBatches<Batch extends QueuedBatch = QueuedBatch> {
  /** The oldest first. */
  readonly items: readonly Batch[];
  /** False when the claim has ended: others may have the batches now. */
  keepAlive(): Promise<boolean>;
  /** Removes what was delivered. */
  done(batches: readonly Batch[]): Promise<void>;
  /** Gives back what could not be delivered, to be claimed again later. */
  retry(batches: readonly Batch[]): Promise<void>;
  /** Gives back the rest at once. */
  end(): Promise<void>;
}

/**
 * How long a batch that failed waits for its next attempt: longer than the sender rests after as many failures, so that
 * meanwhile it tries others and none that the receiver never takes holds them up.
 */
export const EVENT_RETRY = { firstMs: 2000, mostMs: 120_000 };

/** The durable queue that events wait in: what the webhook needs of it. The store's work queue is one. */
export interface EventQueue {
  /** Durable when it resolves; with an in-process store when the call returns. Rejects when nothing was added. */
  add(values: readonly string[]): Promise<void>;
  claim(limit: number, leaseTtlMs: number): Promise<ClaimedBatches>;
  /** Resolves when there may be something to claim, or when the signal aborts. */
  ready(signal: AbortSignal): Promise<void>;
  size(): { readonly items: number; readonly bytes: number };
}
