import { setTimeout as after } from 'node:timers/promises';
import type { AuditReceiver } from './audit-receiver.ts';
import type { ClaimedBatches, EventQueue } from './event-queue.ts';
import { groupBatches, type ReadBatch } from './group-batches.ts';
import { type EventListKind, unpackEvents } from './pack-events.ts';
import { restMs } from './rest.ts';

export interface EventSenderDeps {
  readonly queue: EventQueue;
  readonly receiver: AuditReceiver;
  /** What the lists are called. */
  readonly list: EventListKind;
  /** Events in one request. */
  readonly maxBatchSize: number;
  /** Milliseconds between two requests when there is not enough for a full one. */
  readonly maxWaitMs: number;
  /** From 0 to below 1. */
  random(): number;
  readonly log: { error(fields: object, message: string): void; info(fields: object, message: string): void };
}

export interface EventSender {
  /** Lets a running request end for a few seconds; resolves when nothing is sent any more. */
  close(): Promise<void>;
}

/** Stored batches claimed at once. */
const CLAIM_LIMIT = 32;
/** A process that dies keeps its batches from the others for so long. */
const LEASE_MS = 15_000;
/** When others got ahead of us, or batches come in without a pause. */
const LEAST_PAUSE_MS = 20;
const GRACE_MS = 3000;

/**
 * Delivers what is in the queue, a request at a time, the oldest first. A batch leaves the queue when the receiver has
 * acknowledged it: it is delivered at least once, by whichever process claims it.
 */
export function startEventSender(deps: EventSenderDeps): EventSender {
  const { queue, receiver, maxWaitMs, random, log } = deps;
  const stopping = new AbortController();
  const cutting = new AbortController();
  let failures = 0;

  function failed(error: unknown): void {
    failures += 1;
    if (failures > 1) return;
    const { items, bytes } = queue.size();
    log.error(
      { err: error, receiver: receiver.url, waitingBatches: items, waitingBytes: bytes },
      'audit events cannot be delivered; they wait in the queue',
    );
  }

  function delivered(): void {
    if (failures > 0) {
      const { items } = queue.size();
      log.info(
        { receiver: receiver.url, attempts: failures, waitingBatches: items },
        'audit events are delivered again',
      );
    }
    failures = 0;
  }

  /** A batch that cannot be read (a newer release may have stored it) must not hold up the others. */
  async function read(claim: ClaimedBatches): Promise<readonly ReadBatch[]> {
    const found: ReadBatch[] = [];
    for (const batch of claim.items) {
      try {
        found.push({ batch, lines: unpackEvents(batch.value) });
      } catch (error) {
        log.error({ err: error, batch: batch.id }, 'a batch of audit events in the queue cannot be read');
        await claim.retry([batch]);
      }
    }
    return found;
  }

  /** @returns whether there may be more to send at once */
  async function round(): Promise<boolean> {
    const claim = await queue.claim(CLAIM_LIMIT, LEASE_MS);
    const alive = keepAlive(claim);
    try {
      const readable = await read(claim);
      for (const group of groupBatches(readable, deps.maxBatchSize, deps.list)) {
        if (stopping.signal.aborted || alive.lost()) break;
        try {
          for (const body of group.bodies) await receiver.post(body, cutting.signal);
        } catch (error) {
          if (!cutting.signal.aborted) failed(error);
          await claim.retry(group.batches);
          return false;
        }
        await claim.done(group.batches);
        delivered();
      }
    } finally {
      alive.stop();
      await claim.end();
    }
    return claim.items.length === CLAIM_LIMIT;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await queue.ready(stopping.signal);
      if (stopping.signal.aborted) return;
      const more = await round().catch((error: unknown) => {
        failed(error);
        return false;
      });
      const wait = failures > 0 ? restMs(failures, random()) : more ? 0 : maxWaitMs;
      // Rejects when stopping.
      await after(Math.max(wait, LEAST_PAUSE_MS), undefined, { signal: stopping.signal, ref: false }).catch(
        () => {},
      );
    }
  }

  const running = run();
  return {
    async close() {
      stopping.abort();
      const cut = setTimeout(() => cutting.abort(), GRACE_MS);
      await running;
      clearTimeout(cut);
    },
  };
}

function keepAlive(claim: ClaimedBatches): { lost(): boolean; stop(): void } {
  let lost = false;
  const beat = setInterval(() => {
    claim.keepAlive().then(
      (alive) => {
        lost ||= !alive;
      },
      () => {
        lost = true;
      },
    );
  }, LEASE_MS / 3);
  beat.unref();
  return { lost: () => lost, stop: () => clearInterval(beat) };
}
