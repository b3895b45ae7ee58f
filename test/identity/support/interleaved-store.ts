import { setImmediate } from 'node:timers/promises';
import type { Store } from '../../../src/store/index.ts';

/**
 * A store behind a network, as far as order goes: each operation waits for other work first. A store in memory answers
 * before anybody else has a turn, which hides races.
 */
export function createInterleavedStore(store: Store): Store {
  const later =
    <A extends unknown[], R>(operation: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await setImmediate();
      return operation(...args);
    };
  return Object.assign(Object.create(store) as Store, {
    get: later(store.get.bind(store)),
    list: later(store.list.bind(store)),
    txn: later(store.txn.bind(store)),
  });
}
