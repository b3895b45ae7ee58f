import { describe, expect, it } from 'vitest';
import type { WorkQueue } from '../../../src/store/index.ts';
import { type Subject, TTL, values } from './queue-under-test.ts';

export function describeDeadLetters(subject: Subject): void {
  describe('dead letters', () => {
    const dead = async (queue: WorkQueue) => (await queue.deadLetters(99)).map(({ value }) => value);

    it('are not made unless asked for', async () => {
      const queue = await subject().worker();
      await queue.add(['a']);
      for (let attempt = 1; attempt <= 50; attempt++) {
        const claim = await queue.claim(1, TTL);
        expect(claim.items).toMatchObject([{ value: 'a', attempts: attempt }]);
        await claim.retry(claim.items);
        await subject().advance(60_000);
      }
      expect(await dead(queue)).toEqual([]);
    });

    it('are items that were tried so often', async () => {
      const queue = await subject().worker({ deadLetter: { afterAttempts: 2, keep: 9 } });
      await queue.add(['a']);
      for (let attempt = 0; attempt < 2; attempt++) {
        const claim = await queue.claim(1, TTL);
        expect(values(claim)).toEqual(['a']);
        await claim.retry(claim.items);
        await subject().advance(60_000);
      }
      expect(values(await queue.claim(1, TTL))).toEqual([]);
      expect(await queue.deadLetters(9)).toMatchObject([{ value: 'a', addedAt: 1000 }]);
      expect(queue.size()).toEqual({ items: 0, bytes: 0 });
    });

    it('are items whose workers died so often', async () => {
      const queue = await subject().worker({ deadLetter: { afterAttempts: 2, keep: 9 } });
      await queue.add(['a', 'b']);
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(values(await queue.claim(1, TTL))).toEqual(['a']);
        await subject().advance(TTL);
      }
      expect(values(await queue.claim(2, TTL))).toEqual(['b']);
      expect(await dead(queue)).toEqual(['a']);
    });

    it('are items that have become so old', async () => {
      const queue = await subject().worker({ deadLetter: { afterMs: 5000, keep: 9 } });
      await queue.add(['a']);
      await subject().advance(4999);
      const claim = await queue.claim(1, TTL);
      expect(values(claim)).toEqual(['a']);
      await subject().advance(1);
      await claim.retry(claim.items);
      expect(await dead(queue)).toEqual(['a']);
    });

    it('are kept up to a number, the youngest', async () => {
      const queue = await subject().worker({ deadLetter: { afterAttempts: 1, keep: 2 } });
      for (const value of ['a', 'b', 'c', 'd']) {
        await queue.add([value]);
        const claim = await queue.claim(1, TTL);
        await claim.retry(claim.items);
      }
      expect(await dead(queue)).toEqual(['c', 'd']);
    });
  });
}
