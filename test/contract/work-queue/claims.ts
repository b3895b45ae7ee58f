import { describe, expect, it } from 'vitest';
import { type Subject, TTL, values } from './queue-under-test.ts';

export function describeClaims(subject: Subject, inProcess: boolean): void {
  describe('claims', () => {
    it('give the oldest first, at most so many, with what was added', async () => {
      const queue = await subject().worker();
      await queue.add(['a', 'b']);
      await queue.add(['c', 'ü"\n😀']);
      const first = await queue.claim(3, TTL);
      expect(values(first)).toEqual(['a', 'b', 'c']);
      expect(first.items.map(({ attempts, addedAt }) => [attempts, addedAt])).toEqual([
        [1, 1000],
        [1, 1000],
        [1, 1000],
      ]);
      expect(values(await queue.claim(3, TTL))).toEqual(['ü"\n😀']);
      expect(values(await queue.claim(3, TTL))).toEqual([]);
    });

    it.runIf(inProcess)('find what was added without waiting for the promise', async () => {
      const queue = await subject().worker();
      const added = queue.add(['a']);
      expect((await subject().subject.store.list('q/item/')).entries.map(({ value }) => value)).toEqual([
        'a',
      ]);
      await added;
    });

    it('are gone when done, and leave nothing behind', async () => {
      const queue = await subject().worker();
      await queue.add(['a', 'b']);
      const claim = await queue.claim(9, TTL);
      await claim.done(claim.items);
      await claim.end();
      expect(await subject().subject.store.list('q/')).toMatchObject({ entries: [] });
      await subject().advance(TTL);
      expect(values(await queue.claim(9, TTL))).toEqual([]);
      expect(queue.size()).toEqual({ items: 0, bytes: 0 });
    });

    it('give each item to one of several workers that ask at once', async () => {
      const workers = [await subject().worker(), await subject().worker(), await subject().worker()];
      const added = Array.from({ length: 30 }, (_, index) => `item ${index}`);
      await workers[0]?.add(added);
      const claims = await Promise.all(
        workers.flatMap((worker) => [worker.claim(4, TTL), worker.claim(7, TTL)]),
      );
      const rest = await Promise.all(workers.map((worker) => worker.claim(99, TTL)));
      expect([...claims, ...rest].flatMap(values).sort()).toEqual([...added].sort());
    });

    it('return their items when the lease ends, and to the worker that asks then', async () => {
      const [one, two] = [await subject().worker(), await subject().worker()];
      await one.add(['a', 'b']);
      const lost = await one.claim(1, TTL);
      await subject().advance(TTL - 1);
      expect(values(await two.claim(1, 3 * TTL))).toEqual(['b']);
      await subject().advance(1);
      const again = await two.claim(9, TTL);
      expect(again.items).toMatchObject([{ value: 'a', attempts: 2 }]);
      expect(await lost.keepAlive()).toBe(false);
      expect(await again.keepAlive()).toBe(true);
    });

    it('last as long as they are kept alive', async () => {
      const [one, two] = [await subject().worker(), await subject().worker()];
      await one.add(['a']);
      const claim = await one.claim(1, TTL);
      for (let round = 0; round < 5; round++) {
        await subject().advance(TTL - 1);
        expect(await claim.keepAlive()).toBe(true);
      }
      expect(values(await two.claim(1, TTL))).toEqual([]);
    });

    it('that ended remove what is done, whoever has it now, and give nothing back', async () => {
      const [one, two] = [await subject().worker(), await subject().worker()];
      await one.add(['a', 'b']);
      const late = await one.claim(9, TTL);
      await subject().advance(TTL);
      const now = await two.claim(9, TTL);
      await late.retry(late.items);
      await late.end();
      expect(values(await one.claim(9, TTL))).toEqual([]);
      await late.done(late.items.slice(0, 1));
      await now.retry(now.items);
      await subject().advance(TTL);
      expect(values(await one.claim(9, TTL))).toEqual(['b']);
    });

    it('give back at once what is neither done nor to be retried', async () => {
      const [one, two] = [await subject().worker(), await subject().worker()];
      await one.add(['a', 'b', 'c']);
      const claim = await one.claim(9, TTL);
      await claim.done(claim.items.slice(1, 2));
      await claim.end();
      expect(values(await two.claim(9, TTL))).toEqual(['a', 'c']);
    });

    it('survive the death of their workers as items of the queue', async () => {
      const queue = await subject().worker();
      await queue.add(['a', 'b', 'c']);
      const claim = await queue.claim(2, TTL);
      await claim.done(claim.items.slice(0, 1));
      await subject().crash();
      const next = await subject().worker();
      expect(values(await next.claim(9, TTL))).toEqual(['c']);
      await subject().advance(TTL);
      expect(values(await next.claim(1, TTL))).toEqual(['b']);
      expect(next.size()).toEqual({ items: 2, bytes: 2 });
    });
  });

  describe('retries', () => {
    it('wait twice as long after each attempt, up to a bound, and let others pass', async () => {
      const queue = await subject().worker();
      await queue.add(['poison', 'good']);
      for (const wait of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
        const claim = await queue.claim(1, TTL);
        expect(values(claim)).toEqual(['poison']);
        await claim.retry(claim.items);
        await claim.end();
        await subject().advance(wait - 1);
        const other = await queue.claim(1, TTL);
        expect(values(other)).toEqual(['good']);
        await other.end();
        await subject().advance(1);
      }
    });

    it('are spread by chance', async () => {
      const queue = await subject().worker({ random: () => 0.999 });
      await queue.add(['a']);
      const claim = await queue.claim(1, TTL);
      await claim.retry(claim.items);
      await subject().advance(999);
      expect(values(await queue.claim(1, TTL))).toEqual([]);
      await subject().advance(1);
      expect(values(await queue.claim(1, TTL))).toEqual(['a']);
    });
  });
}
