import { describe, expect, it } from 'vitest';
import { createClientEndings } from '../../../src/identity/registration/client-endings.ts';
import { createMemoryStore } from '../../../src/store/index.ts';

const by = { name: 'cli:root' };

/** Endings whose looks through the sessions end, or fail, when the test says so. */
function openEndings() {
  const store = createMemoryStore();
  const removed: string[] = [];
  const looks: { readonly clients: readonly string[]; end(error?: Error): void }[] = [];
  const endings = createClientEndings({
    store,
    remove: async (id) => void removed.push(id),
    endForEverybody: (clients) =>
      new Promise<void>((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
        looks.push({ clients: [...clients.keys()], end });
      }),
  });
  const intended = async () => (await store.list('')).entries.length;
  const began = (count: number) => expect.poll(() => looks.length).toBe(count);
  return { endings, removed, looks, intended, began };
}

describe('the end of a client', () => {
  it('is left to the housekeeping when it fails half-way, and then is over', async () => {
    const { endings, removed, looks, intended, began } = openEndings();
    const first = endings.complete('a', by);
    await began(1);
    expect(removed).toEqual(['a']);
    looks[0]?.end(new Error('the storage is away'));
    await expect(first).rejects.toThrow('the storage is away');
    expect(await intended()).toBe(1);
    const collected = endings.collect(100);
    await began(2);
    expect(looks[1]?.clients).toEqual(['a']);
    looks[1]?.end();
    expect(await collected).toEqual({ seen: 1, removed: 1 });
    expect(await intended()).toBe(0);
  });

  it('takes one look through all sessions at a time: those that come meanwhile share the next', async () => {
    const { endings, looks, began } = openEndings();
    const first = endings.complete('a', by);
    await began(1);
    const others = ['b', 'c', 'd'].map((id) => endings.complete(id, by));
    await expect.poll(() => looks.length).toBe(1);
    looks[0]?.end();
    await first;
    await began(2);
    expect(looks[1]?.clients).toEqual(['b', 'c', 'd']);
    looks[1]?.end();
    await Promise.all(others);
    expect(looks).toHaveLength(2);
  });
});
