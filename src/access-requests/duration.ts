const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const WHOLE = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/gy;

/** Whole milliseconds of a duration as Go and metav1.Duration write it, `1h30m`; undefined for what is none, or nothing. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 64 || !WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit] ?? 0);
  return total >= 1 ? Math.round(total) : undefined;
}

/** For people: `1h30m`, not Go's `1h30m0s`. @param ms milliseconds */
export function durationText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = Math.floor(ms / 1_000) % 60;
  const rest = ms % 1_000;
  const parts = [`${hours}h`, `${minutes}m`, `${seconds}s`, `${rest}ms`];
  return parts.filter((part) => !part.startsWith('0')).join('') || '0s';
}
