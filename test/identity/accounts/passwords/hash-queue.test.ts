import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createHashQueue } from '../../../../src/identity/accounts/passwords/hash-queue.ts';

/** Works that end when they are told to. */
function held() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<'done'>((end) => void ends.push(() => end('done')));
  return {
    work,
    async finish(): Promise<void> {
      const turn = () => new Promise(setImmediate);
      await turn();
      for (let next = ends.shift(); next !== undefined; next = ends.shift()) {
        next();
        await turn();
      }
    },
  };
}

describe('the queue of hashes', () => {
  it('turns away what it cannot get to, and only that', async () => {
    const queue = createHashQueue({ concurrency: 1, queueLimit: 2 });
    const { work, finish } = held();
    const results = Array.from({ length: 5 }, () => queue.run(undefined, work));
    expect(queue.load()).toEqual({ running: 1, waiting: 2, refused: 2 });
    await finish();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'busy', 'busy']);
    expect(queue.load()).toEqual({ running: 0, waiting: 0, refused: 2 });
  });

  it("S-119: leaves a processor and two of libuv's threads to everything else", async () => {
    const running = availableParallelism() > 2 ? 2 : 1;
    const queue = createHashQueue();
    const { work, finish } = held();
    const results = Array.from({ length: running + 32 }, () => queue.run(undefined, work));
    expect(queue.load()).toEqual({ running, waiting: 32, refused: 0 });
    expect(await queue.run(undefined, work)).toBe('busy');
    await finish();
    expect(new Set(await Promise.all(results))).toEqual(new Set(['done']));
  });

  it('gives one host four places and keeps the others free', async () => {
    const queue = createHashQueue({ concurrency: 1 });
    const { work, finish } = held();
    const flood = Array.from({ length: 7 }, () => queue.run('192.0.2.1', work));
    const other = queue.run('192.0.2.2', work);
    await finish();
    expect(await Promise.all(flood)).toEqual([...Array(5).fill('done'), 'crowded', 'crowded']);
    expect(await other).toBe('done');
  });

  it('goes on after work that fails', async () => {
    const queue = createHashQueue({ concurrency: 1 });
    const failed = queue.run(undefined, async () => {
      throw new Error('no hash');
    });
    const next = queue.run(undefined, async () => 'done');
    await expect(failed).rejects.toThrow('no hash');
    expect(await next).toBe('done');
    expect(queue.load().running).toBe(0);
  });
});
