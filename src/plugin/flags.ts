import { exitCode, PluginError } from './exit.ts';

/** Flag values, by the flags' own names. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listFlag(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value : [];
}

export function switchFlag(flags: Flags, name: string): boolean {
  return flags[name] === true;
}

/** A TCP port; 0 lets the system choose. */
export function portFlag(flags: Flags, name: string): number {
  const text = textFlag(flags, name) ?? '0';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new PluginError(exitCode.usage, `--${name} takes a port number from 0 to 65535, not "${text}"`);
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration as kubectl writes it (`180s`, `3m`, `1m30s`), in milliseconds. */
export function durationFlag(flags: Flags, name: string, fallback: string): number {
  const text = textFlag(flags, name) ?? fallback;
  if (!/^(?:\d+(?:ms|s|m|h))+$/.test(text)) {
    throw new PluginError(exitCode.usage, `--${name} takes a duration such as 30s or 3m, not "${text}"`);
  }
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h)/gy)) {
    total += Number(amount) * (milliseconds[unit] ?? 0);
  }
  // Longer than a day is a slip, and beyond 2^31 ms a timer would fire at once.
  if (total >= 1 && total <= 86_400_000) return total;
  throw new PluginError(exitCode.usage, `--${name} must be between 1ms and 24h, not "${text}"`);
}
