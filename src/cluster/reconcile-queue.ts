import type { Schedule } from './cluster-deps.ts';

/**
 * Keys whose objects are to be looked at: each once, however often it was added, one after the other. One that is added while
 * it is being looked at is looked at once more afterwards.
 */
export interface ReconcileQueue {
  add(key: string): void;
  isIdle(): boolean;
  /** Resolves when nothing is due. */
  idle(): Promise<void>;
  /** No further work begins; resolves when the current piece is done. */
  close(): Promise<void>;
}

export interface ReconcileQueueDeps {
  /** Resolves with the milliseconds after which to look again by itself, or nothing. */
  work(key: string): Promise<number | undefined> | Promise<void>;
  readonly schedule: Schedule;
  /** Told of every failure; the key is tried again after a while. */
  onError(error: unknown, key: string): void;
}

/** Source: client-go, DefaultTypedControllerRateLimiter. */
const firstDelayMs = 5;
const longestDelayMs = 1_000_000;
/** What setTimeout can count. Looking too early does no harm. */
const longestTimeoutMs = 2 ** 31 - 1;

export function createReconcileQueue({ work, schedule, onError }: ReconcileQueueDeps): ReconcileQueue {
  const waiting = new Set<string>();
  const timers = new Map<string, () => void>();
  const failures = new Map<string, number>();
  let running: Promise<void> | undefined;
  let closed = false;

  function add(key: string): void {
    if (closed) return;
    waiting.add(key);
    // Not in the caller's turn: an event is delivered while its writer waits.
    running ??= Promise.resolve().then(run);
  }

  function addAfter(key: string, ms: number): void {
    if (closed) return;
    const later = () => {
      timers.delete(key);
      add(key);
    };
    timers.set(key, schedule(Math.min(Math.max(ms, 0), longestTimeoutMs), later));
  }

  async function run(): Promise<void> {
    for (const key of waiting) {
      if (closed) break;
      waiting.delete(key);
      timers.get(key)?.();
      timers.delete(key);
      await attempt(key);
    }
    running = undefined;
  }

  async function attempt(key: string): Promise<void> {
    try {
      const againInMs = await work(key);
      failures.delete(key);
      if (typeof againInMs === 'number') addAfter(key, againInMs);
    } catch (error) {
      onError(error, key);
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(key, Math.min(firstDelayMs * 2 ** count, longestDelayMs));
    }
  }

  return {
    add,
    isIdle: () => running === undefined,
    async idle() {
      await running;
    },
    async close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
      await running;
    },
  };
}
