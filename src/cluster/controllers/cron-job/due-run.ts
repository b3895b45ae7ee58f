import type { CronSchedule } from '../../cron/index.ts';
import type { CronJob } from '../shapes.ts';

/** More than so many runs that nobody made are not counted one by one. Source: pkg/controller/cronjob/utils.go. */
const maxMissed = 100;

/**
 * The latest run whose time has come and that has not been made, and the time of the next one. Of several that were
 * missed, only the latest is made up for, and none that is later than startingDeadlineSeconds allows.
 * @param now milliseconds since the epoch
 */
export function dueRun(
  { metadata, spec, status }: CronJob,
  schedule: CronSchedule,
  now: number,
): { readonly due: number | undefined; readonly next: number | undefined } {
  const last = Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  const earliest =
    spec.startingDeadlineSeconds === undefined
      ? last
      : Math.max(last, now - spec.startingDeadlineSeconds * 1000);
  let due: number | undefined;
  let next = schedule.next(earliest);
  for (let missed = 0; next !== undefined && next <= now; missed++) {
    due = next;
    // After a long time, look at the end of it only.
    const from = missed === maxMissed ? Math.max(next, now - 3_600_000) : next;
    next = schedule.next(from);
  }
  return { due, next };
}
