/** Whether this process still gets to its work in time. */
export interface EventLoopDelay {
  /** What has just come would wait for too long: the process has more to do than it can. */
  isTooLong(): boolean;
  close(): void;
}

export interface EventLoopDelayOptions {
  /** Milliseconds that work waits for its turn of the event loop, beyond which it is too long. */
  readonly limit: number;
  /** Milliseconds, on a clock that never goes back. */
  now(): number;
  /** Told when it has become too long, and when it is no more. @param ms as measured last */
  onChange?(isTooLong: boolean, ms: number): void;
}

const EVERY_MS = 100;

/** One long turn is nobody's overload: a large object, a collection of garbage. */
const IN_A_ROW = 3;

/**
 * Measures ten times a second by how much a timer is late, which is what any work waits for. Too long is what was above the
 * limit three times in a row; the first one below ends it.
 */
export function measureEventLoopDelay({ limit, now, onChange }: EventLoopDelayOptions): EventLoopDelay {
  let expected = now() + EVERY_MS;
  let above = 0;
  let timer: NodeJS.Timeout;

  function measure(): void {
    const ms = Math.max(0, now() - expected);
    const was = above >= IN_A_ROW;
    above = ms > limit ? above + 1 : 0;
    if (above >= IN_A_ROW !== was) onChange?.(!was, ms);
    schedule();
  }

  function schedule(): void {
    expected = now() + EVERY_MS;
    timer = setTimeout(measure, EVERY_MS).unref();
  }

  schedule();
  return {
    isTooLong: () => above >= IN_A_ROW,
    close: () => clearTimeout(timer),
  };
}
