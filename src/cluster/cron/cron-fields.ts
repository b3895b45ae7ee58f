import { goQuote } from '../../kube/index.ts';

/** When a cron expression is true, field by field. */
export interface CronFields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** With both restricted, a day that fits one of them fits. */
  readonly isAnyDay: boolean;
  readonly isAnyWeekday: boolean;
}

/** A text is no cron expression; the message is robfig/cron's. */
export class CronError extends Error {}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const bounds: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: monthNames },
  { min: 0, max: 6, names: dayNames },
];

/**
 * Reads five fields or a macro. Throws CronError.
 * Source: robfig/cron v3 ParseStandard, which Kubernetes uses.
 */
export function parseCronFields(text: string): CronFields {
  if (text === '') throw new CronError('empty spec string');
  if (text.startsWith('@') && macros[text] === undefined)
    throw new CronError(`unrecognized descriptor: ${text}`);
  const parts = (macros[text] ?? text).split(/\s+/).filter((part) => part !== '');
  if (parts.length !== 5)
    throw new CronError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minutes, hours, days, months, weekdays] = bounds.map((bound, index) =>
    fieldOf(parts[index] ?? '', bound),
  );
  const isAny = (field: string | undefined) => /^[*?]/.test(field ?? '');
  const none: ReadonlySet<number> = new Set();
  return {
    minutes: minutes ?? none,
    hours: hours ?? none,
    days: days ?? none,
    months: months ?? none,
    weekdays: weekdays ?? none,
    isAnyDay: isAny(parts[2]),
    isAnyWeekday: isAny(parts[4]),
  };
}

function fieldOf(text: string, bound: Bounds): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of text.split(',').filter((each) => each !== '')) {
    const { from, to, step } = rangeOf(part, bound);
    for (let value = from; value <= to; value += step) found.add(value);
  }
  return found;
}

function rangeOf(text: string, { min, max, names }: Bounds) {
  const [range = '', every, ...slashes] = text.split('/');
  const [first = '', last, ...hyphens] = range.split('-');
  const isAny = first === '*' || first === '?';
  const from = isAny ? min : numberOf(first, names, min);
  if (hyphens.length > 0 && !isAny) throw new CronError(`too many hyphens: ${text}`);
  let to = isAny ? max : last === undefined ? from : numberOf(last, names, min);
  if (slashes.length > 0) throw new CronError(`too many slashes: ${text}`);
  const step = every === undefined ? 1 : numberOf(every);
  // `5/10` is from 5 on; `5` alone is 5.
  if (every !== undefined && last === undefined) to = max;
  if (from < min) throw new CronError(`beginning of range (${from}) below minimum (${min}): ${text}`);
  if (to > max) throw new CronError(`end of range (${to}) above maximum (${max}): ${text}`);
  if (from > to) throw new CronError(`beginning of range (${from}) beyond end of range (${to}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  return { from, to, step };
}

function numberOf(text: string, names: readonly string[] = [], min = 0): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  if (!/^[+-]?\d{1,18}$/.test(text))
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`,
    );
  const number = Number(text);
  if (number < 0) throw new CronError(`negative number (${number}) not allowed: ${text}`);
  return number;
}
