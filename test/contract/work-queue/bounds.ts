import { describe, expect, it } from 'vitest';
import { WorkQueueFullError } from '../../../src/store/index.ts';
import { type Subject, TTL } from './queue-under-test.ts';

export function describeBounds(subject: Subject): void {
  describe('bounds', () => {
    it('refuse what would be one item too many, as a whole', async () => {
      const queue = await subject().worker({ bounds: { maxItems: 3 } });
      await queue.add(['a', 'b']);
      await expect(queue.add(['c', 'd'])).rejects.toThrow(WorkQueueFullError);
      expect(queue.size().items).toBe(2);
      await queue.add(['c']);
      await expect(queue.add(['d'])).rejects.toMatchObject({
        code: 'SP_QUEUE_FULL',
        message: 'the work queue is full (3 items, 3 bytes)',
      });
    });

    it('count bytes, also those that earlier processes and other workers have added', async () => {
      const bounds = { maxBytes: 10 };
      await (await subject().worker({ bounds })).add(['üü']);
      await subject().crash();
      const [one, two] = [await subject().worker({ bounds }), await subject().worker({ bounds })];
      await two.add(['1234']);
      expect(one.size()).toEqual({ items: 2, bytes: 8 });
      await expect(one.add(['123'])).rejects.toThrow(WorkQueueFullError);
      await one.add(['12']);
    });

    it('have room again when something is done', async () => {
      const queue = await subject().worker({ bounds: { maxItems: 1 } });
      await queue.add(['a']);
      const claim = await queue.claim(1, TTL);
      await expect(queue.add(['b'])).rejects.toThrow(WorkQueueFullError);
      await claim.done(claim.items);
      await queue.add(['b']);
    });
  });
}
