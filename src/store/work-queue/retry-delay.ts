export interface RetryDelays {
  /** Milliseconds before the second attempt. */
  readonly firstMs: number;
  /** Milliseconds that no wait exceeds. */
  readonly mostMs: number;
}

/**
 * How long an item waits after so many attempts, in whole milliseconds: doubling, with jitter, so that what failed
 * together does not come back together.
 * @param random from 0 to below 1
 */
export function retryDelay(attempts: number, { firstMs, mostMs }: RetryDelays, random: number): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30));
  return Math.ceil(full * (0.5 + random / 2));
}
