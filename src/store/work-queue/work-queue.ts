/** A piece of work that waits or is being worked on. */
export interface WorkItem {
  readonly id: string;
  readonly value: string;
  /** Milliseconds since the epoch, on the clock of whoever added it. */
  readonly addedAt: number;
  /** How often it has been claimed, this time included; a worker that died counts too. */
  readonly attempts: number;
}

/** Items that nobody else gets until the claim's lease ends. An item that is not done by then is in the queue again. */
export interface WorkClaim {
  /** The oldest first; empty when there was nothing to do. */
  readonly items: readonly WorkItem[];
  /** Starts the lease anew. False when it has ended: others may have the items now. */
  keepAlive(): Promise<boolean>;
  /** Removes the items: they are worked off, even if the lease has ended meanwhile. */
  done(items: readonly WorkItem[]): Promise<void>;
  /** Gives the items back, to be claimed again after a wait that doubles with their attempts. */
  retry(items: readonly WorkItem[]): Promise<void>;
  /** Gives back at once whatever is neither done nor to be retried. */
  end(): Promise<void>;
}

/**
 * Work that outlives the process: it is in the store when `add` resolves and leaves it when it is done, so each item is
 * worked on at least once, by one worker at a time.
 */
export interface WorkQueue {
  /**
   * Adds items in one transaction, in this order. An in-process store has them when the call returns.
   * @throws WorkQueueFullError when the queue would grow beyond its bounds; nothing was added then
   */
  add(values: readonly string[]): Promise<void>;
  /**
   * Takes the oldest items that nobody works on and whose time has come.
   * @param leaseTtlMs how long nobody else gets them unless the claim is kept alive
   */
  claim(limit: number, leaseTtlMs: number): Promise<WorkClaim>;
  /** Resolves when there may be something to claim, or when the signal aborts. */
  ready(signal: AbortSignal): Promise<void>;
  /** What waits and what is being worked on, without dead letters. Bytes of the values in UTF-8. */
  size(): { readonly items: number; readonly bytes: number };
  /** Items that were given up, the oldest first. */
  deadLetters(limit: number): Promise<readonly Omit<WorkItem, 'attempts'>[]>;
  /** How many items were given up and are kept. */
  countDeadLetters(): Promise<number>;
  /** Stops following the store; removes nothing. */
  close(): void;
}

export interface WorkQueueBounds {
  readonly maxItems?: number;
  /** Of all values together. */
  readonly maxBytes?: number;
}

/** The queue holds as much as it may. */
export class WorkQueueFullError extends Error {
  override readonly name = 'WorkQueueFullError';
  readonly code = 'SP_QUEUE_FULL';
  constructor({ items, bytes }: { readonly items: number; readonly bytes: number }) {
    super(`the work queue is full (${items} items, ${bytes} bytes)`);
  }
}
