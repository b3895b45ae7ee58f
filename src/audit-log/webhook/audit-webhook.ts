import type { AuditBackend } from '../audit-backend.ts';
import type { AuditReceiver } from './audit-receiver.ts';
import type { EventQueue } from './event-queue.ts';
import { startEventSender } from './event-sender.ts';
import { EventStore } from './event-store.ts';
import { type EventListKind, KUBERNETES_EVENTS } from './pack-events.ts';

export interface AuditWebhookOptions {
  /** Outlives the process: events wait there until the receiver has acknowledged them. */
  readonly queue: EventQueue;
  /** What the lists of events are called that the receiver gets; Kubernetes' EventList. */
  readonly list?: EventListKind;
  /** Closed with the backend. */
  readonly receiver: AuditReceiver;
  /** Events in one request, and in one entry of the queue; 400, as kube-apiserver has it. */
  readonly maxBatchSize?: number;
  /** Milliseconds that events are gathered for, both to be stored ('batch' only) and to be sent; 1000. */
  readonly maxWaitMs?: number;
  /**
   * 'each': the first event of a request is in the queue before the request goes on, or before its answer ends; 'batch' (the default): within
   * maxWaitMs, and earlier when maxBatchSize have gathered.
   */
  readonly durability?: 'batch' | 'each';
  /** Refuse requests while events cannot be brought to the queue, instead of serving them without. */
  readonly strict?: boolean;
  /** From 0 to below 1; Math.random. */
  readonly random?: () => number;
  readonly log: { error(fields: object, message: string): void; info(fields: object, message: string): void };
}

/**
 * Events as kube-apiserver's webhook backend sends them, by way of a durable queue: an outage of the receiver, or the
 * death of this process, loses nothing that was in the queue. What is delivered twice (a process that died between the
 * receiver's answer and the removal) has the same auditID and stage.
 */
export function openAuditWebhook(options: AuditWebhookOptions): AuditBackend {
  const { queue, receiver, list = KUBERNETES_EVENTS, maxBatchSize = 400, maxWaitMs = 1000, log } = options;
  const { durability = 'batch', strict = false, random = Math.random } = options;
  const events = new EventStore({ queue, maxBatchSize, maxWaitMs, durability, strict, log });
  const sender = startEventSender({ queue, receiver, list, maxBatchSize, maxWaitMs, random, log });
  return {
    durability,
    refusing: () => events.refusing(),
    offer: (line) => events.offer(line),
    write: (line) => events.write(line),
    writeFirst: (line) => events.writeFirst(line),
    flush: () => events.flush(),
    async close() {
      await events.close();
      await sender.close();
      await receiver.close();
    },
  };
}
