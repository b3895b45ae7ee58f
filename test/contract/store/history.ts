import { describe, expect, it } from 'vitest';
import { CompactedError, FutureRevisionError } from '../../../src/store/index.ts';
import { del, keys, put, record, type Subject, write } from './store-under-test.ts';

export function describeHistory(subject: Subject): void {
  describe('history and compaction', () => {
    async function fourRevisions() {
      const { store } = subject();
      await write(store, put('a', '1'), put('b', '1'));
      await write(store, put('a', '2'));
      await write(store, del('b'));
      await write(store, put('a', '4'));
      return store;
    }

    it('keeps current values and revisions', async () => {
      const store = await fourRevisions();
      await store.compact(4);
      expect(await store.list('')).toEqual({
        entries: [{ key: 'a', value: '4', createRevision: 1, modRevision: 4 }],
        revision: 4,
        remaining: 0,
      });
      expect(await write(store, put('b', '5'))).toBe(5);
      expect(await store.txn([{ key: 'a', modRevision: 4 }], [put('a', '6')])).toEqual({
        committed: true,
        revision: 6,
      });
    });

    it('ends reads of what is older, and no others', async () => {
      const store = await fourRevisions();
      await store.compact(2);
      await expect(store.list('', { revision: 1 })).rejects.toThrow(CompactedError);
      await expect(store.list('', { revision: 1 })).rejects.toMatchObject({ compactedRevision: 2 });
      expect((await store.list('', { revision: 2 })).entries.map(({ key, value }) => key + value)).toEqual([
        'a2',
        'b1',
      ]);
      expect((await store.list('', { revision: 3 })).entries.map(({ key, value }) => key + value)).toEqual([
        'a2',
      ]);
    });

    it('ends watches of what is older, and no others', async () => {
      const store = await fourRevisions();
      await store.compact(2);
      const old = record(store, '', 1);
      await expect
        .poll(() => old.errors)
        .toMatchObject([{ code: 'SP_STORE_COMPACTED', compactedRevision: 2 }]);
      await record(store, '', 2).expectCalls(['3 -b', '4 +a=4']);
      await write(store, put('a', '5'));
      expect(old.calls).toEqual([]);
    });

    it('leaves running watches alone', async () => {
      const store = await fourRevisions();
      const watch = record(store, '', 3);
      await watch.expectCalls(['4 +a=4']);
      await write(store, put('a', '5'));
      await store.compact(5);
      await write(store, put('a', '6'));
      await watch.expectCalls(['4 +a=4', '5 +a=5', '6 +a=6']);
      expect(watch.events.at(-1)?.previous?.value).toBe('5');
      expect(watch.errors).toEqual([]);
    });

    it('knows the value before the first event that is kept', async () => {
      const store = await fourRevisions();
      await store.compact(3);
      const watch = record(store, '', 3);
      await watch.expectCalls(['4 +a=4']);
      expect(watch.events[0]?.previous).toEqual({ key: 'a', value: '2', createRevision: 1, modRevision: 2 });
    });

    it('does nothing when that much is forgotten already', async () => {
      const store = await fourRevisions();
      await store.compact(3);
      await store.compact(3);
      await store.compact(1);
      expect(await keys(store, '', { revision: 3 })).toEqual(['a']);
      await expect(store.list('', { revision: 2 })).rejects.toThrow(CompactedError);
    });

    it('knows no future', async () => {
      const store = await fourRevisions();
      await expect(store.list('', { revision: 5 })).rejects.toThrow(FutureRevisionError);
      await expect(store.list('', { revision: 5 })).rejects.toMatchObject({ currentRevision: 4 });
      await expect(store.compact(5)).rejects.toThrow(FutureRevisionError);
      expect(await keys(store, '', { revision: 1 })).toEqual(['a', 'b']);
    });

    it('forgets many versions while writes go on', async () => {
      const { store } = subject();
      for (let n = 0; n < 2500; n++) await write(store, put(`k/${n % 5}`, `${n}`));
      const compaction = store.compact(2400);
      await write(store, put('k/0', 'during'));
      await compaction;
      expect(await keys(store, '', { revision: 2400 })).toEqual(['k/0', 'k/1', 'k/2', 'k/3', 'k/4']);
      const watch = record(store, '', 2400);
      await expect.poll(() => watch.calls).toHaveLength(101);
      expect(watch.calls.at(-1)).toBe('2501 +k/0=during');
      await store.compact(2501);
      expect((await store.list('')).entries.map((entry) => entry.value)).toEqual([
        'during',
        '2496',
        '2497',
        '2498',
        '2499',
      ]);
    });
  });
}
