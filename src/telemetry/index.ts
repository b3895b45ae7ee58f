/**
 * What operators see: logs (later metrics and traces). Owns form and redaction, not what is worth saying.
 */
export { createLog, type Log, type LogOptions } from './log.ts';
