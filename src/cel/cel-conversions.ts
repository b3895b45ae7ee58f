import type { FunctionTable } from './cel-function.ts';
import {
  CelError,
  type CelObject,
  celObject,
  checkedInt,
  formatDouble,
  kindOf,
  uintOf,
} from './cel-value.ts';

const of = (value: CelObject): bigint => value.value as bigint;
const second = 1_000_000_000n;
const identity = <T>(value: T): T => value;

function whole(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function parseInteger(text: string, what: string): bigint {
  if (!/^[+-]?\d{1,20}$/.test(text)) throw new CelError(`type conversion error from 'string' to '${what}'`);
  return BigInt(text.replace('+', ''));
}

function parseDouble(text: string): number {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new CelError("type conversion error from 'string' to 'double'");
  }
  return Number(text);
}

function parseBool(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new CelError("type conversion error from 'string' to 'bool'");
}

/** RFC 3339 to nanoseconds since 1970. */
export function parseTimestamp(text: string): CelObject {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const milliseconds = parts === null ? Number.NaN : Date.parse(`${parts[1]}${parts[3]}`);
  if (Number.isNaN(milliseconds)) throw new CelError("type conversion error from 'string' to 'timestamp'");
  const nanoseconds = BigInt((parts?.[2] ?? '.0').slice(1).padEnd(9, '0'));
  return celObject('timestamp', BigInt(milliseconds) * 1_000_000n + nanoseconds);
}

function timestampOf(seconds: bigint): CelObject {
  // The years 1 to 9999.
  if (seconds < -62135596800n || seconds > 253402300799n) throw new CelError('timestamp overflow');
  return celObject('timestamp', seconds * second);
}

export function printTimestamp(timestamp: CelObject): string {
  const fraction = ((of(timestamp) % second) + second) % second;
  const head = dateOf(timestamp).toISOString().slice(0, 19);
  return fraction === 0n ? `${head}Z` : `${head}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}Z`;
}

/** In seconds. Source: Go's strconv.FormatFloat(seconds, 'f', -1, 64). */
export function printDuration(duration: CelObject): string {
  const nanoseconds = of(duration);
  const [sign, size] = nanoseconds < 0n ? ['-', -nanoseconds] : ['', nanoseconds];
  const fraction = String(size % second)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${size / second}${fraction === '' ? '' : `.${fraction}`}s`;
}

export function readUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const dateOf = (timestamp: CelObject): Date => new Date(Number(of(timestamp) / 1_000_000n));

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

export function parseDuration(text: string): CelObject {
  const [, sign = '', rest = ''] = /^([+-]?)((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (rest === '') throw new CelError("type conversion error from 'string' to 'duration'");
  let total = 0;
  for (const [, amount = '', unit = ''] of rest.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/gy)) {
    total += Number(amount) * (units[unit] ?? 0);
  }
  if (total >= 2 ** 63) throw new CelError('duration overflow');
  return celObject('duration', BigInt(Math.round(total)) * (sign === '-' ? -1n : 1n));
}

const field = (name: string, read: (date: Date) => number): FunctionTable => ({
  [`timestamp.${name}(): int`]: (timestamp: CelObject) => BigInt(read(dateOf(timestamp))),
});
const unit = (name: string, nanoseconds: bigint): FunctionTable => ({
  [`duration.${name}(): int`]: (duration: CelObject) => of(duration) / nanoseconds,
});

/** Conversions between the types, and the parts of a time (UTC only). */
export const conversions: FunctionTable = {
  'dyn(A): dyn': identity,
  'type(A): type<A>': (value: unknown) => celObject('type', kindOf(value)),
  'bool(bool): bool': identity,
  'bool(string): bool': parseBool,
  'int(int): int': identity,
  'int(uint): int': (value: CelObject) => checkedInt(of(value)),
  'int(double): int': whole,
  'int(string): int': (text: string) => checkedInt(parseInteger(text, 'int')),
  'int(timestamp): int': (value: CelObject) => of(value) / second,
  'uint(uint): uint': identity,
  'uint(int): uint': uintOf,
  'uint(double): uint': (value: number) => uintOf(whole(value)),
  'uint(string): uint': (text: string) => uintOf(parseInteger(text, 'uint')),
  'double(double): double': identity,
  'double(int): double': Number,
  'double(uint): double': (value: CelObject) => Number(of(value)),
  'double(string): double': parseDouble,
  'string(string): string': identity,
  'string(bool): string': String,
  'string(int): string': String,
  'string(uint): string': (value: CelObject) => String(of(value)),
  'string(double): string': formatDouble,
  'string(bytes): string': readUtf8,
  'string(timestamp): string': printTimestamp,
  'string(duration): string': printDuration,
  'bytes(bytes): bytes': identity,
  'bytes(string): bytes': (text: string) => new TextEncoder().encode(text),
  'timestamp(timestamp): timestamp': identity,
  'timestamp(string): timestamp': parseTimestamp,
  'timestamp(int): timestamp': timestampOf,
  'duration(duration): duration': identity,
  'duration(string): duration': parseDuration,
  ...field('getFullYear', (date) => date.getUTCFullYear()),
  ...field('getMonth', (date) => date.getUTCMonth()),
  ...field('getDate', (date) => date.getUTCDate()),
  ...field('getDayOfMonth', (date) => date.getUTCDate() - 1),
  ...field('getDayOfWeek', (date) => date.getUTCDay()),
  ...field('getHours', (date) => date.getUTCHours()),
  ...field('getMinutes', (date) => date.getUTCMinutes()),
  ...field('getSeconds', (date) => date.getUTCSeconds()),
  ...unit('getHours', 3600n * second),
  ...unit('getMinutes', 60n * second),
  ...unit('getSeconds', second),
};
