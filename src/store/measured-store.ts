import type { Store } from './store.ts';

export type StoreOperation = 'get' | 'list' | 'txn' | 'lease' | 'revision' | 'compact';

export interface MeasuredStoreDeps {
  /** Milliseconds from any moment on. */
  now(): number;
  /**
   * Told of each operation when it has ended.
   * @param ms how long it took
   * @param failure undefined: it worked
   */
  observe(operation: StoreOperation, ms: number, failure?: unknown): void;
}

/** The same store; somebody is told how long it takes. */
export function measureStore(store: Store, { now, observe }: MeasuredStoreDeps): Store {
  async function measured<T>(operation: StoreOperation, work: () => Promise<T>): Promise<T> {
    const startedAt = now();
    try {
      const result = await work();
      observe(operation, now() - startedAt);
      return result;
    } catch (failure) {
      observe(operation, now() - startedAt, failure);
      throw failure;
    }
  }

  return {
    get: (key) => measured('get', () => store.get(key)),
    list: (prefix, options) => measured('list', () => store.list(prefix, options)),
    txn: (conditions, writes) => measured('txn', () => store.txn(conditions, writes)),
    watch: (prefix, afterRevision, handlers) => store.watch(prefix, afterRevision, handlers),
    lease: (ttlMs) => measured('lease', () => store.lease(ttlMs)),
    revision: () => measured('revision', () => store.revision()),
    compact: (revision) => measured('compact', () => store.compact(revision)),
    close: () => store.close(),
  };
}
