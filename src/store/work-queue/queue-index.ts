import { createSortedKeys } from '../memory/sorted-keys.ts';
import type { Entry, StoreEvent } from '../store.ts';
import type { QueueKeys } from './queue-keys.ts';
import { parseTry } from './try-record.ts';

/** What a queue knows of its items without asking the store; a hint only, the store's transactions decide. */
export interface QueueIndex {
  readonly items: number;
  /** Of the values, in UTF-8. */
  readonly bytes: number;
  /** Forgets everything, before the queue is listed anew. */
  clear(): void;
  /** Takes a part of a listing. */
  load(entries: readonly Entry[]): void;
  follow(events: readonly StoreEvent[]): void;
  /** Ids of the oldest items that can be claimed at this time. */
  claimable(limit: number, time: number): string[];
  /** When the next item can be claimed, in milliseconds since the epoch; 0: now. undefined: when something changes. */
  nextDue(): number | undefined;
}

export function createQueueIndex(keys: QueueKeys): QueueIndex {
  let order = createSortedKeys();
  const sizes = new Map<string, number>();
  const notBefore = new Map<string, number>();
  const claimed = new Set<string>();
  let bytes = 0;

  function forget(id: string): void {
    bytes -= sizes.get(id) ?? 0;
    sizes.delete(id);
    order.delete(id);
  }

  function put({ key, value }: Entry): void {
    if (key.startsWith(keys.item)) {
      const id = key.slice(keys.item.length);
      const size = Buffer.byteLength(value);
      bytes += size - (sizes.get(id) ?? 0);
      sizes.set(id, size);
      order.add(id);
    } else if (key.startsWith(keys.try)) {
      notBefore.set(key.slice(keys.try.length), parseTry(value).notBefore);
    } else if (key.startsWith(keys.claim)) {
      claimed.add(key.slice(keys.claim.length));
    }
  }

  function remove(key: string): void {
    if (key.startsWith(keys.item)) forget(key.slice(keys.item.length));
    else if (key.startsWith(keys.try)) notBefore.delete(key.slice(keys.try.length));
    else if (key.startsWith(keys.claim)) claimed.delete(key.slice(keys.claim.length));
  }

  function* unclaimed(): Generator<string> {
    for (const id of order.from('')) if (!claimed.has(id)) yield id;
  }

  return {
    get items() {
      return sizes.size;
    },
    get bytes() {
      return bytes;
    },
    clear() {
      order = createSortedKeys();
      sizes.clear();
      notBefore.clear();
      claimed.clear();
      bytes = 0;
    },
    load(entries) {
      for (const entry of entries) put(entry);
    },
    follow(events) {
      for (const event of events) {
        if (event.type === 'put') put(event.entry);
        else remove(event.previous.key);
      }
    },
    claimable(limit, time) {
      const found: string[] = [];
      for (const id of unclaimed()) {
        if (found.length >= limit) break;
        if ((notBefore.get(id) ?? 0) <= time) found.push(id);
      }
      return found;
    },
    nextDue() {
      let next: number | undefined;
      for (const id of unclaimed()) {
        const due = notBefore.get(id) ?? 0;
        if (due === 0) return 0;
        if (next === undefined || due < next) next = due;
      }
      return next;
    },
  };
}
