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
      expect(await records.collect(10)).toBe(0);
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
      expect(await leftovers()).toEqual(['r/expiry/000020/a', 'r/record/a']);
      now += 20;
      expect(await records.put('a', '4', now + 10, { replacing: second ?? read })).toBeUndefined();
      expect(await records.collect(9)).toBe(1);
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

    it('leave one index entry each, however often they are rewritten', async () => {
      for (const expiresIn of [10, 20, 20, 15]) await records.put('a', `${expiresIn}`, now + expiresIn);
      expect(await leftovers()).toEqual(['r/expiry/000015/a', 'r/record/a']);
    });

    it('are collected oldest first, at most so many at once', async () => {
      for (const [key, expiresIn] of [
        ['c', 3],
        ['a', 1],
        ['d', 100],
        ['b', 2],
      ] as const)
        await records.put(key, key, now + expiresIn);
      now += 3;
      expect(await records.collect(2)).toBe(2);
      expect(await leftovers()).toEqual([
        'r/expiry/000003/c',
        'r/expiry/000100/d',
        'r/record/c',
        'r/record/d',
      ]);
      expect(await records.collect(2)).toBe(1);
      expect(await records.collect(2)).toBe(0);
      expect(await leftovers()).toEqual(['r/expiry/000100/d', 'r/record/d']);
      expect((await records.get('d'))?.value).toBe('d');
    });

    it.each([
      ['rewritten with a later expiry', 100, 'x'],
      ['rewritten with an earlier expiry, past too', -5, undefined],
      ['rewritten with the same expiry', 0, undefined],
    ])('survive a stale index entry only while they live: %s', async (_name, expiresIn, expected) => {
      await records.put('a', 'x', now + expiresIn);
      // What two unconditional writers at once can leave behind.
      await store.txn([], [{ type: 'put', key: 'r/expiry/0000000001000000/a', value: '' }]);
      while ((await records.collect(10)) > 0);
      expect((await records.get('a'))?.value).toBe(expected);
      expect(await leftovers()).toEqual(expected === undefined ? [] : ['r/expiry/000100/a', 'r/record/a']);
    });

    it('survive an index entry of a deleted record', async () => {
      await store.txn([], [{ type: 'put', key: 'r/expiry/0000000001000000/gone', value: '' }]);
      expect(await records.collect(10)).toBe(1);
      expect(await leftovers()).toEqual([]);
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
      expect(await slow.collect(10)).toBe(3);
      expect((await records.get('b'))?.value).toBe('renewed');
      expect(await leftovers()).toEqual(['r/expiry/000061/b', 'r/record/b']);
    });

    it('look at what is due, not at everything', async () => {
      for (let n = 0; n < 100; n++) await records.put(`k${n}`, '', now + (n < 5 ? 1 : 1000));
      now += 1;
      let read = 0;
      const counting: Store = {
        ...store,
        get: (key) => {
          read += 1;
          return store.get(key);
        },
        async list(prefix, options) {
          const result = await store.list(prefix, options);
          read += result.entries.length + result.remaining;
          return result;
        },
      };
      expect(await createExpiring(counting, { prefix: 'r/', now: () => now }).collect(50)).toBe(5);
      expect(read).toBe(10);
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
