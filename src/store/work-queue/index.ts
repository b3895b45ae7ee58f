/** Durable work over the store's contract: added once, claimed under a lease, gone only when it is done. */
export type { DeadLetterPolicy } from './dead-letters.ts';
export { openWorkQueue, type WorkQueueDeps } from './open-work-queue.ts';
export type { RetryDelays } from './retry-delay.ts';
export {
  type WorkClaim,
  type WorkItem,
  type WorkQueue,
  type WorkQueueBounds,
  WorkQueueFullError,
} from './work-queue.ts';
