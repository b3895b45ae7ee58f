import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Collected,
  CompactedError,
  createExpiring,
  createMemoryStore,
  type Housekeeping,
  type LocalStore,
  startHousekeeping,
} from '../../src/store/index.ts';

const MINUTE = 60_000;

describe('housekeeping', () => {
  let store: LocalStore;
  let house: Housekeeping | undefined;
  beforeEach(() => {
    vi.useFakeTimers();
    store = createMemoryStore();
  });
  afterEach(async () => {
    await house?.close();
    await store.close();
    vi.useRealTimers();
  });

  const onError = (error: unknown) => {
    throw error;
  };
  const touch = () => store.txn([], [{ type: 'put', key: 'a', value: '' }]);

  it('forgets history after ten minutes and not before', async () => {
    house = startHousekeeping({ store, expiring: [], now: Date.now, onError });
    await touch();
    await touch();
    await vi.advanceTimersByTimeAsync(MINUTE);
    await touch();
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    expect((await store.list('', { revision: 1 })).revision).toBe(1);
    await vi.advanceTimersByTimeAsync(MINUTE);
    await expect(store.list('', { revision: 1 })).rejects.toThrow(CompactedError);
    expect((await store.list('', { revision: 2 })).entries).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(MINUTE);
    await expect(store.list('', { revision: 2 })).rejects.toThrow(CompactedError);
    expect((await store.list('')).entries).toHaveLength(1);
  });

  it('keeps every revision of the window while writes go on', async () => {
    house = startHousekeeping({ store, expiring: [], now: Date.now, onError, intervalMs: 7000 });
    const written: number[] = [];
    for (let second = 0; second < 30 * 60; second++) {
      written.push((await touch()).revision);
      await vi.advanceTimersByTimeAsync(1000);
      const tenMinutesAgo = written[second - 600];
      if (tenMinutesAgo !== undefined) await store.list('', { revision: tenMinutesAgo });
    }
    await expect(store.list('', { revision: written[30 * 60 - 630] ?? 0 })).rejects.toThrow(CompactedError);
  });

  it('forgets the oldest of too many revisions, however young they are', async () => {
    house = startHousekeeping({ store, expiring: [], now: Date.now, onError, keepRevisions: 20 });
    for (let n = 0; n < 50; n++) await touch();
    await vi.advanceTimersByTimeAsync(30_000);
    await expect(store.list('', { revision: 29 })).rejects.toThrow(CompactedError);
    expect((await store.list('', { revision: 30 })).entries).toHaveLength(1);
  });

  it('collects what has expired, in batches', async () => {
    const sets = ['x/', 'y/'].map((prefix) => createExpiring(store, { prefix, now: Date.now }));
    for (let n = 0; n < 25; n++)
      for (const set of sets) await set.put(`${n}`, n, Date.now() + (n < 22 ? 1 : 10 * MINUTE));
    house = startHousekeeping({ store, expiring: sets, now: Date.now, onError, batchSize: 5 });
    await vi.advanceTimersByTimeAsync(MINUTE);
    await house.run();
    expect((await store.list('x/record/')).entries).toHaveLength(3);
    expect((await store.list('y/')).entries).toHaveLength(3);
  });

  it('does no more than its share in one round', async () => {
    const set = createExpiring(store, { prefix: 'x/', now: Date.now });
    for (let n = 0; n < 25; n++) await set.put(`${n}`, n, Date.now());
    house = startHousekeeping({
      store,
      expiring: [set],
      now: Date.now,
      onError,
      batchSize: 5,
      batchesPerRound: 2,
    });
    for (const left of [15, 5, 0]) {
      await house.run();
      expect((await store.list('x/record/')).entries).toHaveLength(left);
    }
  });

  it('is done by the leader only, who need not wait for a window to pass', async () => {
    let leads = false;
    const set = createExpiring(store, { prefix: 'x/', now: Date.now });
    await set.put('a', 1, Date.now());
    const leader = { isLeader: () => leads };
    house = startHousekeeping({ store, expiring: [set], leader, now: Date.now, onError });
    await vi.advanceTimersByTimeAsync(20 * MINUTE);
    expect((await store.list('x/record/')).entries).toHaveLength(1);
    expect((await store.list('', { revision: 1 })).revision).toBe(1);
    leads = true;
    await touch();
    await vi.advanceTimersByTimeAsync(MINUTE / 2);
    expect((await store.list('x/record/')).entries).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(11 * MINUTE);
    await expect(store.list('', { revision: 1 })).rejects.toThrow(CompactedError);
  });

  it('stops between two batches when the lead is lost', async () => {
    let rounds = 0;
    const collect = async (limit: number) => {
      rounds++;
      return { seen: limit, removed: limit };
    };
    const leader = { isLeader: () => rounds < 3 };
    house = startHousekeeping({ store, expiring: [{ collect }], leader, now: Date.now, onError });
    // The batches give way to the event loop, whose immediates stand still here.
    vi.useRealTimers();
    await house.run();
    expect(rounds).toBe(3);
  });

  it('reports a round that failed and comes back for the next', async () => {
    const errors: unknown[] = [];
    const failure = new Error('store is away');
    const none = { seen: 0, removed: 0 };
    const collect = vi.fn<() => Promise<Collected>>().mockRejectedValueOnce(failure).mockResolvedValue(none);
    house = startHousekeeping({
      store,
      expiring: [{ collect }],
      now: Date.now,
      onError: (error) => errors.push(error),
    });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(errors).toEqual([failure]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(collect).toHaveBeenCalledTimes(2);
    expect(errors).toEqual([failure]);
  });

  it('waits for the round under way when closed, then stops', async () => {
    const started = Promise.withResolvers<void>();
    const held = Promise.withResolvers<Collected>();
    const collect = vi.fn(() => {
      started.resolve();
      return held.promise;
    });
    house = startHousekeeping({ store, expiring: [{ collect }], now: Date.now, onError });
    const round = house.run();
    expect(house.run()).toBe(round);
    await started.promise;
    let closed = false;
    const closing = house.close().then(() => {
      closed = true;
    });
    await Promise.resolve();
    expect(closed).toBe(false);
    held.resolve({ seen: 0, removed: 0 });
    await closing;
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(collect).toHaveBeenCalledTimes(1);
  });
});
