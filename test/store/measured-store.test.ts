import { describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  FutureRevisionError,
  type MeasuredStoreDeps,
  measureStore,
} from '../../src/store/index.ts';
import { describeStoreContract } from '../contract/store.ts';
import { openMemory } from './support/open-stores.ts';

const ignored: MeasuredStoreDeps = { now: () => 0, observe: () => {} };

describeStoreContract(
  'a measured store',
  async () => {
    const memory = await openMemory();
    return { ...memory, store: measureStore(memory.store, ignored) };
  },
  { durable: false, inProcess: true, modelRuns: 50 },
);

describe('a measured store', () => {
  it('tells how long each operation took, and why one failed', async () => {
    const told: unknown[] = [];
    let time = 0;
    const store = measureStore(createMemoryStore(), {
      now: () => (time += 5),
      observe: (operation, ms, failure) => told.push([operation, ms, failure]),
    });
    await store.txn([], [{ type: 'put', key: 'a', value: '1' }]);
    await store.get('a');
    await store.list('');
    await expect(store.compact(99)).rejects.toThrow();
    expect(told).toEqual([
      ['txn', 5, undefined],
      ['get', 5, undefined],
      ['list', 5, undefined],
      ['compact', 5, expect.any(FutureRevisionError)],
    ]);
    await store.close();
  });
});
