import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExpiring, type Expiring, type Store } from '../../src/store/index.ts';
import { createInterleavedStore } from '../identity/support/interleaved-store.ts';
import type { OpenStore, StoreUnderTest } from './store.ts';

/**
 * What expiring records keep to on every store.
 * @param open gives an empty, isolated store each time
 */
export function describeExpiringContract(name: string, open: OpenStore, numRuns: number): void {
  describe(`expiring records on ${name}`, () => {
    let now = 0;
    let subject: StoreUnderTest;
    let store: Store;
    let records: Expiring<string>;
    beforeEach(async () => {
      now = 1_000_000;
      subject = await open();
      ({ store } = subject);
      records = createExpiring(store, { prefix: 'r/', now: () => now });
    });
    afterEach(() => subject.dispose());

    /** Everything the set has left in the store. */
    const leftovers = async () =>
      (await store.list('r/')).entries.map((entry) => entry.key.replace('0000000001', ''));

    it('are there until their expiry, then absent at once', async () => {
      const revision = await records.put('a', 'x', now + 10);
      expect(await records.get('a')).toEqual({ value: 'x', expiresAt: 1_000_010, revision });
      now += 9;
      expect((await records.get('a'))?.value).toBe('x');
      now += 1;
      expect(await records.get('a')).toBeUndefined();
      expect(await records.delete('a')).toBe(false);
    });

    it.each<[string, unknown]>([
      ['an object', { a: [1, 'two', null], nested: { b: true } }],
      ['a text', 'ü"\\\u0000😀'],
      ['null', null],
    ])('keep %s', async (_name, value) => {
      const set = createExpiring<unknown>(store, { prefix: 'json/', now: () => now });
      await set.put('k/with/slashes', value, now + 1);
      expect((await set.get('k/with/slashes'))?.value).toEqual(value);
    });

    it('are created once, and anew once expired, collected or not', async () => {
      expect(await records.create('a', '1', now + 10)).toBeDefined();
      expect(await records.create('a', '2', now + 10)).toBeUndefined();
      expect((await records.get('a'))?.value).toBe('1');
      now += 10;
      const again = await records.create('a', '3', now + 10);
      expect(await records.get('a')).toEqual({ value: '3', expiresAt: now + 10, revision: again });
      expect(await records.collect(10)).toEqual({ seen: 1, removed: 0 });
      expect((await records.get('a'))?.value).toBe('3');
    });

    it('are found by what their keys begin with, over many pages, without the expired', async () => {
      const keys = Array.from({ length: 450 }, (_, index) => `a/${String(index).padStart(3, '0')}`);
      for (const key of keys) await records.put(key, `of ${key}`, now + (key === 'a/007' ? 5 : 10));
      await records.put('a', 'not under it', now + 10);
      await records.put('b/000', 'another', now + 10);
      now += 5;
      const found = [];
      for await (const entry of records.entries('a/')) found.push(entry);
      expect(found.map(({ key }) => key)).toEqual(keys.filter((key) => key !== 'a/007'));
      expect(found[0]).toEqual({ key: 'a/000', ...(await records.get('a/000')) });
      for await (const entry of records.entries('c')) throw new Error(`found ${entry.key}`);
      const later = [];
      for await (const { key } of records.entries('a/', 'a/007')) later.push(key);
      expect(later).toEqual(keys.filter((key) => key > 'a/007'));
    });

    it('are replaced only at the revision asked for', async () => {
      const first = await records.put('a', '1', now + 10);
      const second = await records.put('a', '2', now + 20, { ifRevision: first ?? -1 });
      expect(second).toBeGreaterThan(first ?? Number.NaN);
      expect(await records.put('a', '3', now + 30, { ifRevision: first ?? -1 })).toBeUndefined();
      expect(await records.put('b', '3', now + 30, { ifRevision: first ?? -1 })).toBeUndefined();
      expect(await records.get('a')).toEqual({ value: '2', expiresAt: now + 20, revision: second });
      now += 20;
      expect(await records.put('a', '4', now + 30, { ifRevision: second ?? -1 })).toBeUndefined();
    });

    it('replace the record that was read, and no other', async () => {
      await records.put('a', '1', now + 10);
      const read = await records.get('a');
      if (read === undefined) throw new Error('there is no record');
      expect(await records.put('a', '2', now + 20, { replacing: read })).toBeDefined();
      expect(await records.put('a', '3', now + 20, { replacing: read })).toBeUndefined();
      const second = await records.get('a');
      expect(second).toMatchObject({ value: '2', expiresAt: now + 20 });
      now += 20;
      expect(await records.put('a', '4', now + 10, { replacing: second ?? read })).toBeUndefined();
      expect(await records.collect(9)).toEqual({ seen: 1, removed: 1 });
      expect(await leftovers()).toEqual([]);
      expect(await records.put('a', '5', now + 10, { replacing: second ?? read })).toBeUndefined();
    });

    it('leave nothing that is never collected, however they are written at once', async () => {
      const interleaved = createInterleavedStore(store);
      const write = fc.record({
        end: fc.integer({ min: 1, max: 3 }),
        how: fc.constantFrom('put', 'read', 'create', 'delete'),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(write, { minLength: 2, maxLength: 8 }), async (writes) => {
          const set = createExpiring<number>(interleaved, { prefix: 'r/', now: () => now });
          await set.put('a', 0, now + 2);
          await Promise.all(
            writes.map(async ({ end, how }, index) => {
              if (how === 'put') await set.put('a', index, now + end);
              if (how === 'create') await set.create('a', index, now + end);
              if (how === 'delete') await set.delete('a');
              const read = how === 'read' ? await set.get('a') : undefined;
              if (read !== undefined) await set.put('a', index, read.expiresAt, { replacing: read });
            }),
          );
          for (let passed = 0; passed < 3; passed++) {
            now += 1;
            await set.collect(99);
          }
          expect(await leftovers()).toEqual([]);
        }),
        { numRuns },
      );
    });

    it('are deleted only at the revision asked for', async () => {
      const first = (await records.put('a', '1', now + 10)) ?? -1;
      const second = (await records.put('a', '2', now + 10)) ?? -1;
      expect(await records.delete('a', { ifRevision: first })).toBe(false);
      expect(await records.delete('a', { ifRevision: second })).toBe(true);
      expect(await records.delete('a')).toBe(false);
      expect(await leftovers()).toEqual([]);
    });

    it('are taken by exactly one of many', async () => {
      await records.put('a', 'x', now + 10);
      const taken = await Promise.all(Array.from({ length: 50 }, () => records.delete('a')));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('are created by exactly one of many, also over an expired one', async () => {
      await records.put('a', 'old', now);
      const created = await Promise.all([
        ...Array.from({ length: 50 }, (_, n) => records.create('a', `${n}`, now + 10)),
        records.collect(10),
      ]);
      expect(created.slice(0, 50).filter((revision) => revision !== undefined)).toHaveLength(1);
    });

    it('are one key each, however often they are rewritten', async () => {
      for (const expiresIn of [10, 20, 20, 15]) await records.put('a', `${expiresIn}`, now + expiresIn);
      expect(await leftovers()).toEqual(['r/record/a']);
    });

    it('are collected a page at a time, and then anew', async () => {
      for (const [key, expiresIn] of [
        ['a', 1],
        ['b', 100],
        ['c', 1],
        ['d', 2],
        ['e', 1],
      ] as const)
        await records.put(key, key, now + expiresIn);
      now += 1;
      expect(await records.collect(2)).toEqual({ seen: 2, removed: 1 });
      expect(await leftovers()).toEqual(['r/record/b', 'r/record/c', 'r/record/d', 'r/record/e']);
      expect(await records.collect(2)).toEqual({ seen: 2, removed: 1 });
      expect(await records.collect(2)).toEqual({ seen: 1, removed: 1 });
      expect(await leftovers()).toEqual(['r/record/b', 'r/record/d']);
      now += 1;
      expect(await records.collect(2)).toEqual({ seen: 2, removed: 1 });
      expect(await records.collect(2)).toEqual({ seen: 0, removed: 0 });
      expect(await records.collect(2)).toEqual({ seen: 1, removed: 0 });
      expect(await leftovers()).toEqual(['r/record/b']);
    });

    it('are not collected when rewritten in between, and do not keep the others', async () => {
      const racing: Store = {
        ...store,
        async txn(conditions, writes) {
          if (now === 1_000_010) {
            now += 1;
            await createExpiring<string>(store, { prefix: 'r/', now: () => now }).put(
              'b',
              'renewed',
              now + 50,
            );
          }
          return store.txn(conditions, writes);
        },
      };
      const slow = createExpiring<string>(racing, { prefix: 'r/', now: () => now });
      for (const key of ['a', 'b', 'c']) await records.put(key, key, now + 10);
      now += 10;
      expect(await slow.collect(10)).toEqual({ seen: 3, removed: 2 });
      expect((await records.get('b'))?.value).toBe('renewed');
      expect(await leftovers()).toEqual(['r/record/b']);
    });

    it('are not counted to be collected', async () => {
      for (let n = 0; n < 100; n++) await records.put(`k${n}`, '', now + (n < 5 ? 1 : 1000));
      now += 1;
      const asked: unknown[] = [];
      const watched: Store = {
        ...store,
        list: (prefix, options) => {
          asked.push(options?.counted);
          return store.list(prefix, options);
        },
      };
      const set = createExpiring(watched, { prefix: 'r/', now: () => now });
      expect(await set.collect(50)).toMatchObject({ seen: 50 });
      expect(asked).toEqual([false]);
    });

    it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse the expiry %d', async (expiresAt) => {
      await expect(records.put('a', '', expiresAt)).rejects.toThrow(RangeError);
      expect(await leftovers()).toEqual([]);
    });

    it('of one set are not seen by another', async () => {
      const other = createExpiring<string>(store, { prefix: 'other/', now: () => now });
      await records.put('a', 'mine', now + 1);
      await other.put('a', 'theirs', now + 1);
      await other.delete('a');
      expect((await records.get('a'))?.value).toBe('mine');
    });
  });
}
