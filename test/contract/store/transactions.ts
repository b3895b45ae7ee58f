import { describe, expect, it } from 'vitest';
import { InvalidTransactionError } from '../../../src/store/index.ts';
import { del, keys, put, type Subject, write } from './store-under-test.ts';

export function describeTransactions(subject: Subject): void {
  describe('transactions', () => {
    it('commit all writes at one revision', async () => {
      const { store } = subject();
      expect(await store.txn([], [put('b'), put('a'), put('c')])).toEqual({ committed: true, revision: 1 });
      expect((await store.list('')).entries.map((entry) => entry.modRevision)).toEqual([1, 1, 1]);
    });

    it.each([
      ['absent key, asked to be absent', 'new', 0, true],
      ['absent key, asked for a revision', 'new', 1, false],
      ['present key, asked to be absent', 'a', 0, false],
      ['present key at its revision', 'a', 2, true],
      ['present key at its create revision', 'a', 1, false],
      ['present key at a future revision', 'a', 9, false],
      ['deleted key, asked to be absent', 'gone', 0, true],
      ['deleted key at its last revision', 'gone', 1, false],
    ])('%s', async (_name, key, modRevision, committed) => {
      const { store } = subject();
      await write(store, put('a', '1'), put('gone'));
      await write(store, put('a', '2'), del('gone'));
      expect(await store.txn([{ key, modRevision }], [put('x')])).toEqual({
        committed,
        revision: committed ? 3 : 2,
      });
      expect(await keys(store, 'x')).toEqual(committed ? ['x'] : []);
    });

    it('write nothing when one of several conditions fails', async () => {
      const { store } = subject();
      await write(store, put('a', '1'), put('b', '1'));
      const conditions = [
        { key: 'a', modRevision: 1 },
        { key: 'b', modRevision: 0 },
      ];
      expect(await store.txn(conditions, [put('a', '2'), del('b'), put('c')])).toEqual({
        committed: false,
        revision: 1,
      });
      expect((await store.list('')).entries.map(({ key, value }) => key + value)).toEqual(['a1', 'b1']);
    });

    it('check keys that they do not write', async () => {
      const { store } = subject();
      const revision = await write(store, put('guard'));
      expect((await store.txn([{ key: 'guard', modRevision: revision }], [put('a')])).committed).toBe(true);
      await write(store, put('guard'));
      expect((await store.txn([{ key: 'guard', modRevision: revision }], [put('b')])).committed).toBe(false);
    });

    it('leave the revision when they change nothing', async () => {
      const { store } = subject();
      await write(store, put('a'));
      expect(await store.txn([{ key: 'a', modRevision: 1 }], [])).toEqual({ committed: true, revision: 1 });
      expect(await store.txn([], [del('absent')])).toEqual({ committed: true, revision: 1 });
      expect(await store.txn([], [del('absent'), put('a')])).toEqual({ committed: true, revision: 2 });
      expect(await store.revision()).toBe(2);
    });

    it('let exactly one of 50 parallel compare-and-sets win', async () => {
      const { store } = subject();
      const revision = await write(store, put('a', 'before'));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store.txn([{ key: 'a', modRevision: revision }], [put('a', `${n}`)]),
        ),
      );
      const winners = results.flatMap(({ committed }, n) => (committed ? [`${n}`] : []));
      expect(winners).toHaveLength(1);
      expect((await store.get('a'))?.value).toBe(winners[0]);
      expect(await store.revision()).toBe(revision + 1);
    });

    it('let exactly one of 50 parallel creates win', async () => {
      const { store } = subject();
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) => store.txn([{ key: 'a', modRevision: 0 }], [put('a', `${n}`)])),
      );
      expect(results.filter(({ committed }) => committed)).toHaveLength(1);
    });

    it('lose no increment under contention', async () => {
      const { store } = subject();
      await write(store, put('n', '0'));
      const increment = async (): Promise<void> => {
        for (;;) {
          const entry = await store.get('n');
          const next = put('n', String(Number(entry?.value) + 1));
          if ((await store.txn([{ key: 'n', modRevision: entry?.modRevision ?? 0 }], [next])).committed)
            return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect((await store.get('n'))?.value).toBe('20');
    });

    it('refuse to write one key twice and leave nothing', async () => {
      const { store } = subject();
      await expect(store.txn([], [put('b'), put('a', '1'), del('a')])).rejects.toThrow(
        InvalidTransactionError,
      );
      expect(await store.list('')).toEqual({ entries: [], revision: 0, remaining: 0 });
    });
  });
}
