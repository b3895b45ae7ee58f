import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventLoopDelay, measureEventLoopDelay } from '../../src/http/index.ts';

describe('measureEventLoopDelay', () => {
  let time = 0;
  const changes: [boolean, number][] = [];
  let delay: EventLoopDelay;

  beforeEach(() => {
    vi.useFakeTimers();
    time = 0;
    changes.length = 0;
    delay = measureEventLoopDelay({
      limit: 200,
      now: () => time,
      onChange: (isTooLong, ms) => changes.push([isTooLong, ms]),
    });
  });
  afterEach(() => {
    delay.close();
    vi.useRealTimers();
  });

  /** The event loop gets to the timer so much too late. */
  function late(...delays: readonly number[]): void {
    for (const ms of delays) {
      time += 100 + ms;
      vi.advanceTimersByTime(100);
    }
  }

  it('S-246: is too long after three measurements in a row, until the first that is not', () => {
    late(201, 900);
    expect(delay.isTooLong()).toBe(false);
    late(300);
    expect(delay.isTooLong()).toBe(true);
    late(250, 5_000);
    expect(delay.isTooLong()).toBe(true);
    late(200);
    expect(delay.isTooLong()).toBe(false);
    expect(changes).toEqual([
      [true, 300],
      [false, 200],
    ]);
  });

  it('takes no long turn among short ones for overload', () => {
    late(30_000, 0, 30_000, 30_000, 10, 0);
    expect(changes).toEqual([]);
  });

  it('measures no more when it is closed', () => {
    delay.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
