/** The log alone: a short-lived command has no metrics. */
export { gatherLines } from './gather-lines.ts';
export { createLog, type Log, type LogOptions } from './log.ts';
