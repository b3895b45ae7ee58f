/** How much one source may tell of one object: some at once, then one in a while. Source: client-go/tools/record EventSourceObjectSpamFilter. */
export interface SpamFilter {
  /** Takes one from what the key has left. False when there is nothing. */
  allows(key: string): boolean;
}

const burst = 25;
const refillMs = 300_000;
const maxKeys = 4096;

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** @param now milliseconds since the epoch */
export function createSpamFilter(now: () => number): SpamFilter {
  const buckets = new Map<string, Bucket>();
  return {
    allows(key) {
      const bucket = buckets.get(key) ?? { left: burst, at: now() };
      const left = Math.min(burst, bucket.left + (now() - bucket.at) / refillMs);
      buckets.delete(key);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now() });
      for (const oldest of buckets.keys()) if (buckets.size > maxKeys) buckets.delete(oldest);
      return left >= 1;
    },
  };
}
