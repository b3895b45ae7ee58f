/** The webhook backend: events wait in a durable queue until the receiver has acknowledged them. */
export {
  type AuditReceiver,
  type AuditReceiverDeps,
  AuditReceiverError,
  openAuditReceiver,
} from './audit-receiver.ts';
export { type AuditWebhookOptions, openAuditWebhook } from './audit-webhook.ts';
export { type ClaimedBatches, EVENT_RETRY, type EventQueue, type QueuedBatch } from './event-queue.ts';
export type { EventListKind } from './pack-events.ts';
