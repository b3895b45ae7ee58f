import { expect, it } from 'vitest';
import {
  CompactedError,
  createMemoryStore,
  openWorkQueue,
  type WatchHandlers,
} from '../../src/store/index.ts';
import { retryDelay } from '../../src/store/work-queue/retry-delay.ts';

it('a queue whose watch has ended reads the store anew', async () => {
  const store = createMemoryStore();
  const watches: WatchHandlers[] = [];
  const alarms: (() => void)[] = [];
  const errors: unknown[] = [];
  const queue = await openWorkQueue(
    {
      ...store,
      watch(prefix, afterRevision, handlers) {
        watches.push(handlers);
        return store.watch(prefix, afterRevision, handlers);
      },
    },
    {
      prefix: 'q/',
      now: () => 1000,
      onError: (error) => errors.push(error),
      schedule(_ms, callback) {
        alarms.push(callback);
        return () => {};
      },
    },
  );
  await queue.add(['a']);
  watches[0]?.onError(new CompactedError(1));
  expect(errors).toEqual([new CompactedError(1)]);
  for (const ring of alarms) ring();
  await expect.poll(() => watches.length).toBe(2);
  await queue.add(['b']);
  expect(queue.size()).toEqual({ items: 2, bytes: 2 });
  expect((await queue.claim(9, 1000)).items.map(({ value }) => value)).toEqual(['a', 'b']);
  await store.close();
});

it('a queue of many items is read as a whole', async () => {
  const store = createMemoryStore();
  const deps = { prefix: 'q/', now: () => 1000, onError: () => {} };
  const values = Array.from({ length: 450 }, (_, n) => `item ${n}`);
  await (await openWorkQueue(store, deps)).add(values);
  const next = await openWorkQueue(store, deps);
  expect(next.size().items).toBe(450);
  expect((await next.claim(999, 1000)).items.map(({ value }) => value)).toEqual(values);
  await store.close();
});

it.each([
  [0, 0, 50],
  [1, 0, 50],
  [1, 0.999_999, 100],
  [3, 0.5, 300],
  [5, 0, 500],
  [1_000_000, 0.999_999, 1000],
])('after %i attempts and with chance %d, the wait is %i ms', (attempts, random, wait) => {
  expect(retryDelay(attempts, { firstMs: 100, mostMs: 1000 }, random)).toBe(wait);
});

it('a worker that has not yet heard of a claim gets nothing of it', async () => {
  const store = createMemoryStore();
  const deaf = { ...store, watch: () => ({ close: () => {}, progress: () => 0 }) };
  const deps = { prefix: 'q/', now: () => 1000, onError: () => {} };
  await (await openWorkQueue(store, deps)).add(['a', 'b']);
  const [one, two] = [await openWorkQueue(deaf, deps), await openWorkQueue(deaf, deps)];
  const first = await one.claim(1, 1000);
  expect(first.items).toMatchObject([{ value: 'a', attempts: 1 }]);
  expect((await two.claim(2, 1000)).items).toMatchObject([{ value: 'b', attempts: 1 }]);
  await first.done(first.items);
  expect((await two.claim(2, 1000)).items).toEqual([]);
  await store.close();
});
