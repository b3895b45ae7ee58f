/** Cron expressions as Kubernetes reads them: what is one, and when its time comes. */
export { type CronSchedule, isTimeZone, parseSchedule, scheduleProblem } from './schedule.ts';
