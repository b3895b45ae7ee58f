import { describe, expect, it } from 'vitest';
import type { WorkQueue } from '../../../src/store/index.ts';
import { type Subject, TTL } from './queue-under-test.ts';

export function describeWaiting(subject: Subject): void {
  describe('ready', () => {
    function waitFor(queue: WorkQueue, signal = new AbortController().signal): { readonly done: boolean } {
      const state = { done: false };
      void queue.ready(signal).then(() => {
        state.done = true;
      });
      return state;
    }
    const settled = () => new Promise(setImmediate);

    it('tells of an item that another worker adds', async () => {
      const [one, two] = [await subject().worker(), await subject().worker()];
      const waiting = waitFor(one);
      await settled();
      expect(waiting.done).toBe(false);
      await two.add(['a']);
      await expect.poll(() => waiting.done).toBe(true);
    });

    it('tells at once of what is there already', async () => {
      await (await subject().worker()).add(['a']);
      const next = await subject().worker();
      await next.ready(new AbortController().signal);
      expect(next.size().items).toBe(1);
    });

    it('tells when the wait of an item is over', async () => {
      const queue = await subject().worker();
      await queue.add(['a']);
      const claim = await queue.claim(1, TTL);
      const waiting = waitFor(queue);
      await claim.retry(claim.items);
      await subject().advance(499);
      await settled();
      expect(waiting.done).toBe(false);
      await subject().advance(1);
      await expect.poll(() => waiting.done).toBe(true);
    });

    it("tells when another worker's lease has ended", async () => {
      const [one, two] = [await subject().worker(), await subject().worker()];
      await one.add(['a']);
      await one.claim(1, TTL);
      const waiting = waitFor(two);
      await subject().advance(TTL - 1);
      await settled();
      expect(waiting.done).toBe(false);
      await subject().advance(1);
      await expect.poll(() => waiting.done).toBe(true);
    });

    it('ends with its signal', async () => {
      const queue = await subject().worker();
      const stop = new AbortController();
      const waiting = waitFor(queue, stop.signal);
      stop.abort();
      await expect.poll(() => waiting.done).toBe(true);
      await queue.ready(stop.signal);
    });
  });
}
