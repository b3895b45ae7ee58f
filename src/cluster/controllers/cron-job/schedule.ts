/** A cron expression, read. */
export interface CronSchedule {
  /**
   * The first moment after the given one that fits, in milliseconds since the epoch; undefined when none does within five
   * years: 30 February.
   */
  next(after: number): number | undefined;
}

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** With both restricted, a day that fits one of them fits. */
  readonly isAnyDay: boolean;
  readonly isAnyWeekday: boolean;
}

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
const minuteMs = 60_000;
const longestMs = 5 * 366 * 24 * 60 * minuteMs;

/**
 * Reads five fields or a macro. Source: robfig/cron v3 ParseStandard, which Kubernetes uses.
 * @param timeZone an IANA name; UTC when undefined
 * @returns undefined for what is no schedule
 */
export function parseSchedule(text: string, timeZone = 'UTC'): CronSchedule | undefined {
  const fields = parseFields(macros[text.trim()] ?? text.trim());
  const clock = fields && openClock(timeZone);
  if (fields === undefined || clock === undefined) return undefined;
  return {
    next(after) {
      let time = (Math.floor(after / minuteMs) + 1) * minuteMs;
      while (time - after <= longestMs) {
        const { month, day, weekday, hour, minute } = clock(time);
        const isHour = fields.months.has(month) && isDay(fields, day, weekday) && fields.hours.has(hour);
        if (isHour && fields.minutes.has(minute)) return time;
        time += (isHour ? 1 : 60 - minute) * minuteMs;
      }
      return undefined;
    },
  };
}

function isDay({ days, weekdays, isAnyDay, isAnyWeekday }: Fields, day: number, weekday: number): boolean {
  if (isAnyDay || isAnyWeekday) return days.has(day) && weekdays.has(weekday);
  return days.has(day) || weekdays.has(weekday);
}

function parseFields(text: string): Fields | undefined {
  const parts = text.split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts;
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const days = parseField(day, 1, 31);
  const months = parseField(month, 1, 12, monthNames);
  const weekdays = parseField(weekday, 0, 6, dayNames);
  if (parts.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  const isAny = (field: string) => /^[*?]/.test(field);
  return { minutes, hours, days, months, weekdays, isAnyDay: isAny(day), isAnyWeekday: isAny(weekday) };
}

function parseField(
  text: string,
  min: number,
  max: number,
  names: readonly string[] = [],
): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, any, first = '', last, every] = match;
    const from = any === undefined ? numberOf(first, min, names) : min;
    // `5/10` is from 5 on; `5` alone is 5.
    const open = any !== undefined || (every !== undefined && last === undefined);
    const to = open ? max : last === undefined ? from : numberOf(last, min, names);
    const step = Number(every ?? 1);
    if (from === undefined || to === undefined || from < min || to > max || from > to || step === 0)
      return undefined;
    for (let value = from; value <= to; value += step) found.add(value);
  }
  return found;
}

function numberOf(text: string, min: number, names: readonly string[]): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + min;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

type Clock = (time: number) => {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
};

/** What a clock on the wall of a zone shows; undefined for a zone that is not known. */
function openClock(timeZone: string): Clock | undefined {
  const offset = openOffset(timeZone);
  return (
    offset &&
    ((time) => {
      const local = new Date(time + offset(time));
      return {
        month: local.getUTCMonth() + 1,
        day: local.getUTCDate(),
        weekday: local.getUTCDay(),
        hour: local.getUTCHours(),
        minute: local.getUTCMinutes(),
      };
    })
  );
}

function openOffset(timeZone: string): ((time: number) => number) | undefined {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return () => 0;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    return (time) => {
      const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
      return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minuteMs;
    };
  } catch {
    return undefined;
  }
}
