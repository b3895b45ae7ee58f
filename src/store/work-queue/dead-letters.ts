import type { Condition, Entry, Store, Write } from '../store.ts';
import { type QueueKeys, timeOfItem } from './queue-keys.ts';
import type { TryRecord } from './try-record.ts';

/** When an item is given up. Without limits none ever is. */
export interface DeadLetterPolicy {
  readonly afterAttempts?: number;
  /** Milliseconds since it was added. */
  readonly afterMs?: number;
  /** Dead letters that are kept; the oldest go first. */
  readonly keep: number;
}

export function isGivenUp(
  id: string,
  { attempts }: Pick<TryRecord, 'attempts'>,
  policy: DeadLetterPolicy,
  time: number,
): boolean {
  const { afterAttempts = Number.POSITIVE_INFINITY, afterMs = Number.POSITIVE_INFINITY } = policy;
  return attempts >= afterAttempts || time - timeOfItem(id) >= afterMs;
}

/** The writes that turn an item into a dead letter. */
export function burial(keys: QueueKeys, id: string, value: string): Write[] {
  return [
    { type: 'put', key: keys.dead + id, value },
    { type: 'delete', key: keys.item + id },
    { type: 'delete', key: keys.try + id },
    { type: 'delete', key: keys.claim + id },
  ];
}

/** Removes the oldest dead letters beyond those that are kept. */
export async function trimDeadLetters(store: Store, keys: QueueKeys, keep: number): Promise<void> {
  const { entries, remaining } = await store.list(keys.dead, { limit: 1 });
  const excess = entries.length + remaining - keep;
  if (excess <= 0) return;
  const oldest = await store.list(keys.dead, { limit: excess });
  await store.txn(oldest.entries.map(unchanged), oldest.entries.map(removal));
}

function unchanged({ key, modRevision }: Entry): Condition {
  return { key, modRevision };
}

function removal({ key }: Entry): Write {
  return { type: 'delete', key };
}
