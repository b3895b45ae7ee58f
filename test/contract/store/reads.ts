import { describe, expect, it } from 'vitest';
import { del, keys, put, type Subject, write } from './store-under-test.ts';

export function describeReads(subject: Subject): void {
  describe('get and list', () => {
    it('starts empty at revision 0', async () => {
      const { store } = subject();
      expect(await store.revision()).toBe(0);
      expect(await store.get('a')).toBeUndefined();
      expect(await store.list('')).toEqual({ entries: [], revision: 0, remaining: 0 });
    });

    it('creates, replaces, deletes and creates anew, each with its revisions', async () => {
      const { store } = subject();
      await write(store, put('a', '1'));
      expect(await store.get('a')).toEqual({ key: 'a', value: '1', createRevision: 1, modRevision: 1 });
      await write(store, put('a', '2'));
      expect(await store.get('a')).toEqual({ key: 'a', value: '2', createRevision: 1, modRevision: 2 });
      await write(store, del('a'));
      expect(await store.get('a')).toBeUndefined();
      await write(store, put('a', '3'));
      expect(await store.get('a')).toEqual({ key: 'a', value: '3', createRevision: 4, modRevision: 4 });
    });

    it('keeps an empty value', async () => {
      const { store } = subject();
      await write(store, put('a', ''));
      expect((await store.get('a'))?.value).toBe('');
    });

    it('lists the keys under a prefix in order', async () => {
      const { store } = subject();
      await write(store, put('b/2'), put('a/1'), put('b/10'), put('c'), put('b/1'));
      expect(await keys(store, 'b/')).toEqual(['b/1', 'b/10', 'b/2']);
      expect(await keys(store, '')).toEqual(['a/1', 'b/1', 'b/10', 'b/2', 'c']);
      expect(await keys(store, 'd')).toEqual([]);
    });

    it('pages with limit and after and says how many remain', async () => {
      const { store } = subject();
      await write(store, ...['a', 'p/1', 'p/2', 'p/3', 'p/4', 'p/5', 'q'].map((key) => put(key)));
      const pages: [string[], number][] = [];
      let after: string | undefined;
      do {
        const page = await store.list('p/', { limit: 2, ...(after !== undefined && { after }) });
        pages.push([page.entries.map((entry) => entry.key), page.remaining]);
        after = page.remaining > 0 ? page.entries.at(-1)?.key : undefined;
      } while (after !== undefined);
      expect(pages).toEqual([
        [['p/1', 'p/2'], 3],
        [['p/3', 'p/4'], 1],
        [['p/5'], 0],
      ]);
    });

    it.each([
      [{ after: 'p/2' }, ['p/3', 'p/4'], 0],
      [{ after: 'p/25' }, ['p/3', 'p/4'], 0],
      [{ after: 'a' }, ['p/1', 'p/2', 'p/3', 'p/4'], 0],
      [{ after: 'q' }, [], 0],
      [{ before: 'p/3' }, ['p/1', 'p/2'], 0],
      [{ before: 'q' }, ['p/1', 'p/2', 'p/3', 'p/4'], 0],
      [{ before: 'a' }, [], 0],
      [{ before: 'p/4', limit: 1 }, ['p/1'], 2],
      [{ after: 'p/1', before: 'p/4' }, ['p/2', 'p/3'], 0],
      [{ after: 'p/4', before: 'p/1' }, [], 0],
      [{ limit: 0 }, [], 4],
      [{ limit: 4 }, ['p/1', 'p/2', 'p/3', 'p/4'], 0],
    ])('lists %j as %j with %i remaining', async (options, expected, remaining) => {
      const { store } = subject();
      await write(store, ...['a', 'p/1', 'p/2', 'p/3', 'p/4', 'q'].map((key) => put(key)));
      const page = await store.list('p/', options);
      expect([page.entries.map((entry) => entry.key), page.remaining]).toEqual([expected, remaining]);
    });

    it.each([-1, 1.5, Number.NaN])('refuses the limit %d', async (limit) => {
      await expect(subject().store.list('', { limit })).rejects.toThrow(RangeError);
    });

    it('pages through the snapshot of the first page while the keys change', async () => {
      const { store } = subject();
      await write(store, put('a', '1'), put('b', '1'), put('c', '1'), put('d', '1'));
      const first = await store.list('', { limit: 2 });
      await write(store, put('bb', '2'), del('c'), put('d', '2'), del('a'));
      const second = await store.list('', { limit: 1, after: 'b', revision: first.revision });
      const third = await store.list('', { limit: 9, after: 'c', revision: first.revision });
      expect(second).toEqual({
        entries: [{ key: 'c', value: '1', createRevision: 1, modRevision: 1 }],
        revision: 1,
        remaining: 1,
      });
      expect(third).toEqual({
        entries: [{ key: 'd', value: '1', createRevision: 1, modRevision: 1 }],
        revision: 1,
        remaining: 0,
      });
      expect(await keys(store, '')).toEqual(['b', 'bb', 'd']);
    });

    it('reads as of every revision that is kept', async () => {
      const { store } = subject();
      await write(store, put('a', '1'));
      await write(store, put('b', '2'));
      await write(store, del('a'), put('b', '3'));
      await write(store, put('a', '4'));
      const states = await Promise.all(
        [0, 1, 2, 3, 4].map(async (revision) =>
          (await store.list('', { revision })).entries.map(
            (entry) => `${entry.key}=${entry.value}@${entry.createRevision}/${entry.modRevision}`,
          ),
        ),
      );
      expect(states).toEqual([[], ['a=1@1/1'], ['a=1@1/1', 'b=2@2/2'], ['b=3@2/3'], ['a=4@4/4', 'b=3@2/3']]);
    });
  });
}
