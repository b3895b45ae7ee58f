/** Work by key: a key that is added while it is being worked on is worked on once more afterwards. */
export interface WorkQueue {
  add(key: string): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** No further work begins; resolves when the current piece is done. */
  close(): Promise<void>;
}

const maxRetries = 5;

/**
 * Works on one key at a time, in order. Failures are tried again a few times: the work is a reconciliation, so the next
 * event of the key would bring it up again anyway.
 */
export function createWorkQueue(
  work: (key: string) => Promise<void>,
  onError: (error: unknown, key: string) => void,
): WorkQueue {
  const waiting = new Map<string, number>();
  let running: Promise<void> | undefined;
  let closed = false;

  async function run(): Promise<void> {
    for (let next = first(waiting); next !== undefined && !closed; next = first(waiting)) {
      const [key, failures] = next;
      waiting.delete(key);
      try {
        await work(key);
      } catch (error) {
        onError(error, key);
        if (failures + 1 < maxRetries && !waiting.has(key)) waiting.set(key, failures + 1);
      }
    }
    running = undefined;
  }

  return {
    add(key) {
      if (closed) return;
      waiting.set(key, 0);
      // Not in the caller's turn: an event is delivered while its writer waits.
      running ??= Promise.resolve().then(run);
    },
    async idle() {
      await running;
    },
    async close() {
      closed = true;
      await running;
    },
  };
}

function first<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  for (const entry of map) return entry;
  return undefined;
}
