import { describe, expect, it } from 'vitest';
import { CompactedError } from '../../../src/store/index.ts';
import { del, keys, put, record, type Subject, write } from './store-under-test.ts';

export function describePersistence(subject: Subject): void {
  describe('after reopening', () => {
    it('entries, history and revision are there', async () => {
      const durable = subject();
      await write(durable.store, put('a', '1'), put('b', '1'));
      await write(durable.store, put('a', '2'), del('b'));
      const before = await durable.store.list('');
      await durable.reopen?.();
      const { store } = durable;
      expect(await store.list('')).toEqual(before);
      expect(await keys(store, '', { revision: 1 })).toEqual(['a', 'b']);
      const watch = record(store, '', 0);
      await watch.expectCalls(['1 +a=1 +b=1', '2 +a=2 -b']);
      expect(await write(store, put('c', '3'))).toBe(3);
      await watch.expectCalls(['1 +a=1 +b=1', '2 +a=2 -b', '3 +c=3']);
    });

    it('the revision goes on, also when everything was deleted and forgotten', async () => {
      const durable = subject();
      await write(durable.store, put('a'));
      await write(durable.store, del('a'));
      await durable.store.compact(2);
      await durable.reopen?.();
      expect(await durable.store.list('')).toEqual({ entries: [], revision: 2, remaining: 0 });
      await expect(durable.store.list('', { revision: 1 })).rejects.toThrow(CompactedError);
      expect(await write(durable.store, put('a'))).toBe(3);
    });

    it('a lease goes on with its deadline', async () => {
      const durable = subject();
      const lease = await durable.store.lease(2000);
      await write(durable.store, put('a', '', lease.id));
      await durable.advance(500);
      await durable.reopen?.(500);
      expect(await keys(durable.store, '')).toEqual(['a']);
      await write(durable.store, put('b', '', lease.id));
      await durable.advance(999);
      expect(await keys(durable.store, '')).toEqual(['a', 'b']);
      await durable.advance(1);
      expect(await keys(durable.store, '')).toEqual([]);
    });

    it('a lease that expired meanwhile has taken its keys, and a watch hears of it', async () => {
      const durable = subject();
      const lease = await durable.store.lease(2000);
      await write(durable.store, put('a', '1', lease.id), put('b', '1'));
      await durable.reopen?.(2000);
      expect(await keys(durable.store, '')).toEqual(['b']);
      await record(durable.store, '', 1).expectCalls(['2 -a']);
    });

    it('a lease that ended stays ended', async () => {
      const durable = subject();
      const lease = await durable.store.lease(2000);
      await lease.revoke();
      await durable.reopen?.();
      await expect(durable.store.txn([], [put('a', '', lease.id)])).rejects.toThrow('lease has ended');
    });
  });
}
