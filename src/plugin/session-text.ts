import { rfc3339 } from './exec-credential.ts';

/** `2026-01-02T03:04:05Z (in 59m)`; `expiresAt` in seconds, `now` in milliseconds since the epoch. */
export function describeExpiry(expiresAt: number, now: number): string {
  const seconds = Math.round(expiresAt - now / 1000);
  return `${rfc3339(expiresAt)} (${seconds > 0 ? `in ${duration(seconds)}` : `${duration(-seconds)} ago`})`;
}

/** The two largest units, as kubectl shows ages. */
export function duration(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  const shown = first === -1 ? [] : parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return shown.map(([amount, unit]) => `${amount}${unit}`).join('') || '0s';
}
