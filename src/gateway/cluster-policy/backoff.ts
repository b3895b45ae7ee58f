const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: doubling, with jitter, so that the gateways of a
 * cluster do not come back to an API server all at once.
 * @param failures 0: no wait
 * @param random from 0 to below 1
 */
export function backoffMs(failures: number, random: number): number {
  if (failures === 0) return 0;
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);
}
