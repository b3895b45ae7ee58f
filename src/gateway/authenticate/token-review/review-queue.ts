/** The bound on how many reviews run and wait. */
export interface ReviewQueue {
  /**
   * Runs `work` when its turn comes.
   * @throws QueueFullError at once when too many wait
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface ReviewQueueLimits {
  readonly running: number;
  readonly waiting: number;
}

class QueueFullError extends Error {
  constructor() {
    super('too many reviews are waiting');
  }
}

/** First come, first served. What is in it is `running` plus `waiting` at most, however many ask. */
export function createReviewQueue(limits: ReviewQueueLimits): ReviewQueue {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(work) {
      if (running >= limits.running) {
        if (waiting.length >= limits.waiting) throw new QueueFullError();
        // Who ends hands on the place: `running` stays as it is.
        await new Promise<void>((turn) => waiting.push(turn));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
