/**
 * Auditing as kube-apiserver does it: policy (audit.k8s.io/v1 Policy), events (audit.k8s.io/v1 Event) and stages.
 * Owns what an event says; does not store, authenticate, decide or answer, and sees no headers but those that Kubernetes
 * records.
 */
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
export { type InterruptedEventsOptions, interruptedEvents } from './interrupted-events.ts';
export { type AuditAttributes, matchAuditLevel } from './match-audit-level.ts';
export { parseAuditPolicy } from './parse-audit-policy.ts';
export { teeBody } from './tee-body.ts';
