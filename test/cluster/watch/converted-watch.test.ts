import { describe, expect, it } from 'vitest';
import type { ResourceType } from '../../../src/cluster/resources/index.ts';
import { convertedWatches } from '../../../src/cluster/watch/converted-watch.ts';
import type { StoreEvent, WatchHandlers } from '../../../src/store/index.ts';

const type = {} as ResourceType;

function put(revision: number): StoreEvent {
  const entry = { key: 'k', value: '{"metadata":{}}', createRevision: 1, modRevision: revision };
  return { type: 'put', revision, entry };
}

/** A watch whose store and whose webhook do what the test says, when it says so. */
function open() {
  let store: WatchHandlers | undefined;
  let isClosed = false;
  const reviews: { count: number; settle: (error?: Error) => void }[] = [];
  const conversion = {
    fromStored: (kept: readonly object[]) =>
      new Promise<never[]>((resolve, reject) => {
        const settle = (error?: Error) => (error === undefined ? resolve(kept as never[]) : reject(error));
        reviews.push({ count: kept.length, settle });
      }),
  } as unknown as Parameters<typeof convertedWatches>[2];
  const delivered: number[] = [];
  const errors: Error[] = [];
  const watches = convertedWatches(
    {
      watch(_prefix, _after, handlers) {
        store = handlers;
        return { close: () => (isClosed = true), progress: () => 99 };
      },
    },
    type,
    conversion,
    false,
  );
  const watch = watches.watch('p', 1, {
    onEvents: (_, revision) => delivered.push(revision),
    onError: (error) => errors.push(error),
  });
  return {
    watch,
    reviews,
    delivered,
    errors,
    happens: (...revisions: number[]) => {
      for (const revision of revisions) store?.onEvents([put(revision)], revision);
    },
    fails: (error: Error) => store?.onError(error),
    isClosed: () => isClosed,
  };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('a watch of objects that a webhook converts', () => {
  it('tells in order, and what has come meanwhile with one review', async () => {
    const { watch, reviews, delivered, happens } = open();
    expect(watch.progress()).toBe(99);
    happens(2, 3, 4);
    expect(reviews.map(({ count }) => count)).toEqual([1]);
    // A client that comes back with a bookmark must not miss what waits.
    expect(watch.progress()).toBe(1);
    reviews[0]?.settle();
    await turns();
    expect(delivered).toEqual([2]);
    expect(watch.progress()).toBe(2);
    expect(reviews.map(({ count }) => count)).toEqual([1, 2]);
    reviews[1]?.settle();
    await turns();
    expect(delivered).toEqual([2, 3, 4]);
    expect(watch.progress()).toBe(99);
  });

  it('ends with what the webhook or the store fails with, and tells nothing more', async () => {
    const refused = open();
    refused.happens(2, 3);
    refused.reviews[0]?.settle(new Error('no way'));
    await turns();
    refused.happens(4);
    await turns();
    expect(refused.errors).toEqual([new Error('no way')]);
    expect(refused.delivered).toEqual([]);
    expect(refused.isClosed()).toBe(true);
    const compacted = open();
    compacted.happens(2);
    compacted.fails(new Error('compacted'));
    compacted.reviews[0]?.settle();
    await turns();
    expect([compacted.errors, compacted.delivered]).toEqual([[new Error('compacted')], []]);
  });

  it('tells nothing after it was closed', async () => {
    const { watch, reviews, delivered, errors, happens, isClosed } = open();
    happens(2);
    watch.close();
    reviews[0]?.settle(new Error('late'));
    await turns();
    expect([delivered, errors, isClosed()]).toEqual([[], [], true]);
  });

  it('does not let wait without end', () => {
    const { errors, happens, isClosed } = open();
    happens(...Array.from({ length: 10_001 }, (_, index) => index + 2));
    expect(errors.map(String)).toEqual(['ConversionBacklogError: a conversion webhook is too slow']);
    expect(isClosed()).toBe(true);
  });
});
