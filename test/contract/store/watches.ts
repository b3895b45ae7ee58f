import { describe, expect, it } from 'vitest';
import { del, put, record, type Subject, write } from './store-under-test.ts';

export function describeWatches(subject: Subject, inProcess: boolean): void {
  describe('watches', () => {
    it('replay what happened after the revision, then go on live', async () => {
      const { store } = subject();
      await write(store, put('a', '1'));
      await write(store, put('a', '2'));
      await write(store, del('a'));
      const all = record(store, '', 0);
      const late = record(store, '', 2);
      await write(store, put('a', '4'));
      await all.expectCalls(['1 +a=1', '2 +a=2', '3 -a', '4 +a=4']);
      await late.expectCalls(['3 -a', '4 +a=4']);
    });

    it('give the entry and the one before it, replayed and live alike', async () => {
      const { store } = subject();
      const live = record(store, '', 0);
      await write(store, put('a', '1'));
      await write(store, put('a', '2'));
      await write(store, del('a'));
      await write(store, put('a', '4'));
      await expect.poll(() => live.calls).toHaveLength(4);
      const replayed = record(store, '', 0);
      await expect.poll(() => replayed.calls).toHaveLength(4);
      const first = { key: 'a', value: '1', createRevision: 1, modRevision: 1 };
      const second = { key: 'a', value: '2', createRevision: 1, modRevision: 2 };
      const fourth = { key: 'a', value: '4', createRevision: 4, modRevision: 4 };
      const expected = [
        { type: 'put', revision: 1, entry: first },
        { type: 'put', revision: 2, entry: second, previous: first },
        { type: 'delete', revision: 3, previous: second },
        { type: 'put', revision: 4, entry: fourth },
      ];
      expect(live.events).toStrictEqual(expected);
      expect(replayed.events).toStrictEqual(expected);
    });

    it('give a transaction in one call, in key order, only what is under the prefix', async () => {
      const { store } = subject();
      await write(store, put('p/x'), put('p'), put('q'));
      const live = record(store, 'p/', 1);
      await write(store, put('p/b', '2'), put('q', '2'), del('p/x'), put('p/a', '2'));
      await write(store, put('q', '3'));
      await write(store, put('p0', '4'), del('p'));
      await write(store, put('p/c', '5'));
      const expected = ['2 +p/a=2 +p/b=2 -p/x', '5 +p/c=5'];
      await live.expectCalls(expected);
      await record(store, 'p/', 1).expectCalls(expected);
    });

    it('say nothing of what changed nothing', async () => {
      const { store } = subject();
      const watch = record(store, '', 0);
      await store.txn([{ key: 'a', modRevision: 7 }], [put('a')]);
      await store.txn([], [del('a')]);
      await write(store, put('b', '1'));
      await watch.expectCalls(['1 +b=1']);
    });

    it('neither lose nor repeat an event when started amid concurrent writes', async () => {
      const { store } = subject();
      const watches: ReturnType<typeof record>[] = [];
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; n < 40; n++) {
          await write(store, put(`k/${writer}`, `${n}`), put(`other/${writer}`));
          if (n % 10 === writer) watches.push(record(store, 'k/', (await store.revision()) - 7));
        }
      });
      watches.push(record(store, 'k/', 0));
      await Promise.all(writers);
      const last = await store.revision();
      expect(last).toBe(320);
      for (const watch of watches) {
        await expect.poll(() => watch.events.at(-1)?.revision).toBe(last);
        const revisions = watch.events.map((event) => event.revision);
        const first = revisions[0] ?? 0;
        expect(revisions).toEqual(Array.from({ length: last - first + 1 }, (_, n) => first + n));
        expect(watch.errors).toEqual([]);
      }
      expect(watches.length).toBeGreaterThan(8);
      expect(watches[0]?.events[0]?.revision).toBe(1);
    });

    it('say how far they have come, by what happens elsewhere too', async () => {
      const { store } = subject();
      const watch = store.watch('p/', 0, { onEvents: () => {}, onError: () => {} });
      expect(watch.progress()).toBe(0);
      await write(store, put('p/a'));
      await write(store, put('q'));
      await expect.poll(() => watch.progress()).toBe(2);
      const ahead = store.watch('p/', 7, { onEvents: () => {}, onError: () => {} });
      await write(store, put('q'));
      expect(ahead.progress()).toBe(7);
      await expect.poll(() => watch.progress()).toBe(3);
    });

    it('wait for a revision that is still to come', async () => {
      const { store } = subject();
      const watch = record(store, '', 2);
      for (const n of [1, 2, 3, 4]) await write(store, put('a', `${n}`));
      await watch.expectCalls(['3 +a=3', '4 +a=4']);
    });

    it('stop when closed, also before the first call', async () => {
      const { store } = subject();
      await write(store, put('a', '1'));
      const never = record(store, '', 0);
      never.close();
      const watch = record(store, '', 0);
      const other = record(store, '', 0);
      await write(store, put('a', '2'));
      await watch.expectCalls(['1 +a=1', '2 +a=2']);
      watch.close();
      watch.close();
      await write(store, put('a', '3'));
      await other.expectCalls(['1 +a=1', '2 +a=2', '3 +a=3']);
      expect(watch.calls).toEqual(['1 +a=1', '2 +a=2']);
      expect(never.calls).toEqual([]);
    });

    it('stop amid a replay when the handler closes them', async () => {
      const { store } = subject();
      for (const n of [1, 2, 3]) await write(store, put('a', `${n}`));
      const seen: number[] = [];
      const watcher = store.watch('', 0, {
        onEvents(_events, revision) {
          seen.push(revision);
          if (revision === 2) watcher.close();
        },
        onError: () => seen.push(-1),
      });
      const other = record(store, '', 0);
      await write(store, put('a', '4'));
      await other.expectCalls(['1 +a=1', '2 +a=2', '3 +a=3', '4 +a=4']);
      expect(seen).toEqual([1, 2]);
    });

    it('end alone when their handler throws', async () => {
      const { store } = subject();
      const errors: Error[] = [];
      const seen: number[] = [];
      const onError = (error: Error) => errors.push(error);
      const broken = new Error('broken handler');
      const onEvents = (_events: unknown, revision: number) => {
        seen.push(revision);
        throw broken;
      };
      store.watch('', 0, { onEvents, onError });
      const healthy = record(store, '', 0);
      await write(store, put('a', '1'));
      await write(store, put('a', '2'));
      await healthy.expectCalls(['1 +a=1', '2 +a=2']);
      await expect.poll(() => errors).toEqual([broken]);
      expect(seen).toEqual([1]);
    });

    it('see the writes of another watch in order', async () => {
      const { store } = subject();
      const before = record(store, '', 0);
      store.watch('ask/', 0, {
        onEvents: (events) => void events.map((event) => store.txn([], [put(`answer/${event.revision}`)])),
        onError: () => undefined,
      });
      const after = record(store, '', 0);
      await write(store, put('x'));
      await before.expectCalls(['1 +x=']);
      await after.expectCalls(['1 +x=']);
      await write(store, put('ask/1'));
      const expected = ['1 +x=', '2 +ask/1=', '3 +answer/2='];
      await before.expectCalls(expected);
      await after.expectCalls(expected);
      await record(store, '', 0).expectCalls(expected);
    });

    it('hear nothing after the store has closed', async () => {
      const { store } = subject();
      await write(store, put('a', '1'));
      const watch = record(store, '', 0);
      await store.close();
      await store.close();
      await expect(store.txn([], [put('b')])).rejects.toThrow();
      expect(watch.calls.length).toBeLessThanOrEqual(1);
      expect(watch.errors).toEqual([]);
    });

    if (inProcess) {
      it('have delivered when the transaction resolves', async () => {
        const { store } = subject();
        const watch = record(store, '', 0);
        await store.txn([], [put('a', '1')]);
        expect(watch.calls).toEqual(['1 +a=1']);
        await store.txn([], [put('a', '2')]);
        expect(watch.calls).toEqual(['1 +a=1', '2 +a=2']);
      });
    }
  });
}
