import type { QueuedBatch } from './event-queue.ts';
import { type EventListKind, eventListText } from './pack-events.ts';

/** Characters of events in one request; kube-apiserver's truncating backend: 10 MiB. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** A batch and its events. */
export interface ReadBatch {
  readonly batch: QueuedBatch;
  readonly lines: readonly string[];
}

/** What is acknowledged together, in one request or, when a batch was stored with a larger limit, in several. */
export interface BatchGroup {
  readonly batches: readonly QueuedBatch[];
  readonly bodies: readonly string[];
}

/** Batches that failed before go alone, so that one that the receiver never takes does not hold up the others. */
export function* groupBatches(
  batches: readonly ReadBatch[],
  maxBatchSize: number,
  list: EventListKind,
): Generator<BatchGroup> {
  let together: ReadBatch[] = [];
  let events = 0;
  let characters = 0;
  for (const read of batches) {
    const { batch, lines } = read;
    const alone = batch.attempts > 1 || lines.length > maxBatchSize;
    const length = lines.reduce((sum, line) => sum + line.length, 0);
    const fits = events + lines.length <= maxBatchSize && characters + length <= MAX_CHARACTERS;
    if (together.length > 0 && (alone || !fits)) {
      yield groupOf(together, maxBatchSize, list);
      together = [];
      events = 0;
      characters = 0;
    }
    if (alone) {
      yield groupOf([read], maxBatchSize, list);
    } else {
      together.push(read);
      events += lines.length;
      characters += length;
    }
  }
  if (together.length > 0) yield groupOf(together, maxBatchSize, list);
}

function groupOf(read: readonly ReadBatch[], maxBatchSize: number, list: EventListKind): BatchGroup {
  const lines = read.flatMap((one) => one.lines);
  const bodies: string[] = [];
  for (let at = 0; at < lines.length; at += maxBatchSize) {
    bodies.push(eventListText(lines.slice(at, at + maxBatchSize), list));
  }
  return { batches: read.map(({ batch }) => batch), bodies };
}
