import { describe, expect, it } from 'vitest';
import { createReconcileQueue } from '../../src/cluster/reconcile-queue.ts';

/** A queue on a clock that only the test moves. */
function openQueue(work: (key: string) => Promise<number | undefined>) {
  const timers = new Map<() => void, number>();
  const failures: unknown[] = [];
  const queue = createReconcileQueue({
    work,
    schedule(ms, callback) {
      timers.set(callback, ms);
      return () => void timers.delete(callback);
    },
    onError: (error) => failures.push(error),
  });
  return {
    ...queue,
    failures,
    delays: () => [...timers.values()],
    async elapse() {
      for (const callback of [...timers.keys()]) {
        timers.delete(callback);
        callback();
      }
      await queue.idle();
    },
  };
}

describe('a reconcile queue', () => {
  it('looks at a key once, however often it was added, and never at two at a time', async () => {
    const seen: string[] = [];
    let atWork = 0;
    const queue = openQueue(async (key) => {
      expect(atWork++).toBe(0);
      await Promise.resolve();
      seen.push(key);
      atWork--;
      return undefined;
    });
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect([seen, queue.isIdle()]).toEqual([[], false]);
    await queue.idle();
    expect([seen, queue.isIdle()]).toEqual([['a', 'b'], true]);
  });

  it('looks once more at a key that was added meanwhile', async () => {
    const seen: string[] = [];
    const queue = openQueue(async (key) => {
      if (seen.push(key) === 1) queue.add(key);
      return undefined;
    });
    queue.add('a');
    await queue.idle();
    expect(seen).toEqual(['a', 'a']);
  });

  it('looks again by itself when it is told to, unless something happens before', async () => {
    let looks = 0;
    const queue = openQueue(async () => (++looks < 3 ? 500 : undefined));
    queue.add('a');
    await queue.idle();
    expect(queue.delays()).toEqual([500]);
    queue.add('a');
    await queue.idle();
    expect([looks, queue.delays()]).toEqual([2, [500]]);
    await queue.elapse();
    expect([looks, queue.delays()]).toEqual([3, []]);
  });

  it('tries what has failed again, after longer and longer, and forgets it when it succeeds', async () => {
    let isBroken = true;
    const queue = openQueue(async () => {
      if (isBroken) throw new Error('broken');
      return undefined;
    });
    queue.add('a');
    await queue.idle();
    const delays = [];
    for (let attempt = 0; attempt < 20; attempt++) {
      delays.push(...queue.delays());
      await queue.elapse();
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(1_000_000);
    expect(queue.failures).toHaveLength(21);
    isBroken = false;
    await queue.elapse();
    isBroken = true;
    queue.add('a');
    await queue.idle();
    expect(queue.delays()).toEqual([5]);
  });

  it('begins nothing once it is closed', async () => {
    const seen: string[] = [];
    const queue = openQueue(async (key) => {
      seen.push(key);
      return 1;
    });
    queue.add('a');
    await queue.idle();
    await queue.close();
    expect(queue.delays()).toEqual([]);
    queue.add('b');
    await queue.idle();
    expect(seen).toEqual(['a']);
  });
});
