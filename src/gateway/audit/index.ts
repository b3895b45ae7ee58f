/**
 * Auditing as kube-apiserver does it: policy (audit.k8s.io/v1 Policy), events (audit.k8s.io/v1 Event), stages, the log
 * backend and the webhook backend. Owns what an event says, how it is stored and delivered; does not authenticate, decide
 * or answer, and sees no headers but those that Kubernetes records.
 */
export type { AuditBackend } from './audit-backend.ts';
export { type AuditLog, type AuditLogOptions, openAuditLog } from './audit-log.ts';
export type { AuditLevel, AuditPolicy, AuditStage, AuditVerdict } from './audit-policy.ts';
export { AuditPolicyError, type AuditPolicyProblem } from './audit-policy-error.ts';
export type { AuditTrail } from './audit-trail.ts';
export {
  type AuditBeginning,
  type AuditedRequest,
  type Auditor,
  type AuditorDeps,
  createAuditor,
} from './auditor.ts';
export type { BodyCapture } from './body-capture.ts';
export { captureResponse } from './capture-response.ts';
export { combineBackends } from './combine-backends.ts';
export { type InterruptedEventsOptions, interruptedEvents } from './interrupted-events.ts';
export { type AuditAttributes, matchAuditLevel } from './match-audit-level.ts';
export { parseAuditPolicy } from './parse-audit-policy.ts';
export { teeBody } from './tee-body.ts';
export * from './webhook/index.ts';
