/** The log alone: a short-lived command has no metrics. */
export { createLog, type Log, type LogOptions } from './log.ts';
