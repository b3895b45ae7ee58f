import { describe, expect, it } from 'vitest';
import { LeaseNotFoundError } from '../../../src/store/index.ts';
import { del, keys, put, record, type Subject, write } from './store-under-test.ts';

// Long against the store's own latency, so that real clocks can pass this suite too.
const TTL_MS = 2000;

export function describeLeases(subject: Subject): void {
  describe('leases', () => {
    it('take their keys along when they expire, in one transaction with events', async () => {
      const { store, advance } = subject();
      const lease = await store.lease(TTL_MS);
      await write(store, put('b', '1', lease.id), put('free', '1'));
      await write(store, put('a', '2', lease.id));
      expect((await store.get('a'))?.leaseId).toBe(lease.id);
      const watch = record(store, '', 2);
      await advance(TTL_MS);
      await watch.expectCalls(['3 -a -b']);
      expect(await keys(store, '')).toEqual(['free']);
      expect(watch.events.map((event) => event.previous?.leaseId)).toEqual([lease.id, lease.id]);
    });

    it('live on when kept alive', async () => {
      const { store, advance } = subject();
      const lease = await store.lease(TTL_MS);
      await write(store, put('a', '1', lease.id));
      for (let n = 0; n < 3; n++) {
        await advance(TTL_MS / 2);
        expect(await lease.keepAlive()).toBe(true);
      }
      await advance(TTL_MS / 2);
      expect(await keys(store, '')).toEqual(['a']);
      await advance(TTL_MS / 2);
      expect(await keys(store, '')).toEqual([]);
      expect(await lease.keepAlive()).toBe(false);
    });

    it('end when revoked, once', async () => {
      const { store } = subject();
      const lease = await store.lease(TTL_MS);
      const other = await store.lease(TTL_MS);
      await write(store, put('a', '', lease.id), put('b', '', lease.id), put('c', '', other.id));
      await lease.revoke();
      expect(await keys(store, '')).toEqual(['c']);
      expect(await store.revision()).toBe(2);
      await lease.revoke();
      expect(await lease.keepAlive()).toBe(false);
      expect(await store.revision()).toBe(2);
      expect(await other.keepAlive()).toBe(true);
    });

    it('keep the revision when they end without keys', async () => {
      const { store, advance } = subject();
      await (await store.lease(TTL_MS)).revoke();
      await store.lease(TTL_MS);
      await advance(TTL_MS);
      expect(await store.revision()).toBe(0);
    });

    it('let go of keys that are written without them, moved to another, or deleted', async () => {
      const { store } = subject();
      const lease = await store.lease(TTL_MS);
      const other = await store.lease(TTL_MS);
      await write(store, ...['freed', 'moved', 'deleted', 'kept'].map((key) => put(key, '', lease.id)));
      await write(
        store,
        put('freed'),
        put('moved', '', other.id),
        del('deleted'),
        put('kept', '2', lease.id),
      );
      await write(store, put('deleted'));
      await lease.revoke();
      expect(await keys(store, '')).toEqual(['deleted', 'freed', 'moved']);
      expect(await store.get('freed')).not.toHaveProperty('leaseId');
      await other.revoke();
      expect(await keys(store, '')).toEqual(['deleted', 'freed']);
    });

    it.each(['revoked', 'expired', 'unknown'])('refuse keys when %s', async (how) => {
      const { store, advance } = subject();
      const lease = await store.lease(TTL_MS);
      if (how === 'revoked') await lease.revoke();
      if (how === 'expired') await advance(TTL_MS);
      const writes = [put('a'), put('b', '', how === 'unknown' ? 'a-lease-that-never-was' : lease.id)];
      await expect(store.txn([], writes)).rejects.toThrow(LeaseNotFoundError);
      expect(await store.list('')).toEqual({ entries: [], revision: 0, remaining: 0 });
    });

    it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
      'refuse the time to live %d',
      async (ttlMs) => {
        await expect(subject().store.lease(ttlMs)).rejects.toThrow(RangeError);
      },
    );
  });
}
