import { availableParallelism } from 'node:os';

/** Why work was turned away: `busy` when too much is waiting, `crowded` when it is this host's own. */
export type QueueRefusal = 'busy' | 'crowded';

export interface HashLoad {
  readonly running: number;
  readonly waiting: number;
  /** Turned away since the start. */
  readonly refused: number;
}

export interface HashQueue {
  /**
   * Does the work when its turn comes.
   * @param from the host that asks; undefined for what no host asked for, which has no share to keep to
   */
  run<T>(from: string | undefined, work: () => Promise<T>): Promise<T | QueueRefusal>;
  load(): HashLoad;
}

export interface HashQueueDeps {
  /** Works at a time. Default: as many as there are processors besides one, and 1 or 2. */
  readonly concurrency?: number | undefined;
  /** Default: 32. */
  readonly queueLimit?: number | undefined;
}

/** Places that one host may take in the queue, so that it cannot keep the others out. */
const placesPerHost = 4;

/**
 * One processor stays for everything else, so that tokens are quick however many people sign in; and of libuv's four threads
 * two, for signing and for the disk.
 */
function spareCores(): number {
  return Math.max(1, Math.min(2, availableParallelism() - 1));
}

/** The one way to hash a password, whatever for: so many at a time, so many waiting, and the others are told so. */
export function createHashQueue({
  concurrency = spareCores(),
  queueLimit = 32,
}: HashQueueDeps = {}): HashQueue {
  const waiting: { readonly from: string | undefined; readonly go: () => void }[] = [];
  let running = 0;
  let refused = 0;

  function refusal(from: string | undefined): QueueRefusal | undefined {
    const own = from === undefined ? 0 : waiting.filter((one) => one.from === from).length;
    if (own >= placesPerHost) return 'crowded';
    return running >= concurrency && waiting.length >= queueLimit ? 'busy' : undefined;
  }

  async function turn(from: string | undefined): Promise<void> {
    if (running < concurrency) {
      running++;
      return;
    }
    // Whoever finishes hands its place over, so `running` does not change.
    await new Promise<void>((go) => waiting.push({ from, go }));
  }

  function done(): void {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next.go();
  }

  return {
    async run(from, work) {
      const why = refusal(from);
      if (why !== undefined) {
        refused++;
        return why;
      }
      await turn(from);
      try {
        return await work();
      } finally {
        done();
      }
    },
    load: () => ({ running, waiting: waiting.length, refused }),
  };
}
