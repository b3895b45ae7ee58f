import { goQuote } from '../../kube/index.ts';
import { CronError, type CronFields, parseCronFields } from './cron-fields.ts';

/** A cron expression, read. */
export interface CronSchedule {
  /**
   * The first moment after the given one that fits, in milliseconds since the epoch; undefined when none does within five
   * years: 30 February.
   */
  next(after: number): number | undefined;
}

const secondMs = 1000;
const minuteMs = 60_000;
const units: Readonly<Record<string, number>> = { ms: 1, s: secondMs, m: minuteMs, h: 60 * minuteMs };
const longestMs = 5 * 366 * 24 * 60 * minuteMs;

/**
 * @param timeZone an IANA name; UTC when undefined
 * @returns undefined for what is no schedule
 */
export function parseSchedule(text: string, timeZone = 'UTC'): CronSchedule | undefined {
  if (scheduleProblem(text) !== undefined) return undefined;
  if (isEvery(text)) {
    const every = everyOf(text);
    return { next: (after) => Math.floor(after / secondMs) * secondMs + every };
  }
  const fields = parseCronFields(text);
  const clock = openClock(timeZone);
  if (clock === undefined) return undefined;
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

/** Why a text is no schedule, in robfig/cron's words; undefined for one. */
export function scheduleProblem(text: string): string | undefined {
  try {
    if (!isEvery(text)) parseCronFields(text);
    else everyOf(text);
    return undefined;
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
}

function isEvery(text: string): boolean {
  return text.startsWith('@every ');
}

/** The milliseconds of `@every 1h30m`; at least a second, as in robfig/cron. */
function everyOf(text: string): number {
  const duration = text.slice('@every '.length);
  if (!/^\+?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(duration))
    throw new CronError(`failed to parse duration ${text}: time: invalid duration ${goQuote(duration)}`);
  // What is shorter than a millisecond counts for nothing.
  const ms = duration
    .split(/(?<=[a-z])(?=\d)/)
    .reduce((sum, part) => sum + Number.parseFloat(part) * (units[part.replace(/[+\d.]/g, '')] ?? 0), 0);
  return Math.max(secondMs, Math.floor(ms / secondMs) * secondMs);
}

/** Whether a name is one of the IANA's that this program knows. */
export function isTimeZone(name: string): boolean {
  return openOffset(name) !== undefined;
}

function isDay(
  { days, weekdays, isAnyDay, isAnyWeekday }: CronFields,
  day: number,
  weekday: number,
): boolean {
  if (isAnyDay || isAnyWeekday) return days.has(day) && weekdays.has(weekday);
  return days.has(day) || weekdays.has(weekday);
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
