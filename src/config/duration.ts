const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gy;

/** The longest that Go has: 2^63 - 1 nanoseconds. */
const LONGEST_MS = 9_223_372_036_854;

/**
 * Parses a Go duration such as `24h`, `1h30m` or `500ms`, as Dex's configuration has them.
 * @returns whole milliseconds, one at least; undefined when the text is no positive duration, or longer than Go has them
 */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return total > 0 && total <= LONGEST_MS ? Math.max(1, Math.round(total)) : undefined;
}
