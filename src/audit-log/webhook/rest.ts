const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * How long the sender rests after so many failures in a row, in milliseconds: doubling, with jitter, so that those of several
 * processes do not come back to a receiver all at once.
 * @param random from 0 to below 1
 */
export function restMs(failures: number, random: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);
}
