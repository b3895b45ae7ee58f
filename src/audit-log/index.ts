/**
 * Where audit events go, whoever writes them: a log that is rotated, a webhook behind a durable queue, or both. Owns how they
 * are stored and delivered: a line is an event, and what it says is not looked at.
 */
export type { AuditBackend } from './audit-backend.ts';
export { type AuditLog, type AuditLogOptions, openAuditLog } from './audit-log.ts';
export { combineBackends } from './combine-backends.ts';
export { readLogTail } from './read-log-tail.ts';
export * from './webhook/index.ts';
