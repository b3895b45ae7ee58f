import { expect } from 'vitest';
import type { Store, StoreEvent, StoreWatch, Write } from '../../../src/store/index.ts';

export interface StoreUnderTest {
  /** The store; after reopen, the reopened one. */
  readonly store: Store;
  /** Lets this much of the store's time pass; leases due by then have ended when it resolves. */
  advance(ms: number): Promise<void>;
  /** Closes the store, lets time pass, and opens the same data again. Durable stores only. */
  reopen?(closedForMs?: number): Promise<void>;
  /** Closes the store and removes what it kept. */
  dispose(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;
export type Subject = () => StoreUnderTest;

export function put(key: string, value = '', leaseId?: string): Write {
  return { type: 'put', key, value, ...(leaseId !== undefined && { leaseId }) };
}

export function del(key: string): Write {
  return { type: 'delete', key };
}

/** Writes without conditions; returns the revision. */
export async function write(store: Store, ...writes: readonly Write[]): Promise<number> {
  const { committed, revision } = await store.txn([], writes);
  expect(committed).toBe(true);
  return revision;
}

export async function keys(
  store: Store,
  prefix: string,
  options?: Parameters<Store['list']>[1],
): Promise<string[]> {
  return (await store.list(prefix, options)).entries.map((entry) => entry.key);
}

/** One call of onEvents, short: `3 +a=1 -b` is revision 3 putting a and deleting b. */
export function describeCall(events: readonly StoreEvent[], revision: number): string {
  const parts = events.map((event) =>
    event.type === 'put' ? `+${event.entry.key}=${event.entry.value}` : `-${event.previous.key}`,
  );
  return [revision, ...parts].join(' ');
}

export interface Recording extends StoreWatch {
  /** Every call of onEvents. */
  readonly calls: string[];
  readonly events: StoreEvent[];
  readonly errors: Error[];
  /** Waits until the calls are these. */
  expectCalls(expected: readonly string[]): Promise<void>;
}

export function record(store: Store, prefix: string, afterRevision: number): Recording {
  const calls: string[] = [];
  const events: StoreEvent[] = [];
  const errors: Error[] = [];
  const watcher = store.watch(prefix, afterRevision, {
    onEvents(batch, revision) {
      calls.push(describeCall(batch, revision));
      events.push(...batch);
    },
    onError: (error) => errors.push(error),
  });
  return {
    calls,
    events,
    errors,
    close: () => watcher.close(),
    progress: () => watcher.progress(),
    async expectCalls(expected) {
      await expect.poll(() => calls).toEqual(expected);
    },
  };
}
