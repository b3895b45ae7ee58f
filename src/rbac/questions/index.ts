/**
 * Questions to a compiled policy beyond yes and no: why, who, what, what changes, what is risky, what would be enough.
 * Pure functions over `policy.view()`; every one of them is bounded. Does not own how an answer is printed.
 */
export { type ChangedRight, diffPolicies, type SubjectChange } from './diff.ts';
export {
  type ExplainOptions,
  type Explanation,
  explain,
  type NearGrant,
  type NearMiss,
  type NearMissKind,
} from './explain.ts';
export type { Grant, ObjectName } from './grant.ts';
export { type Finding, SEVERITIES, type Severity } from './lint/finding.ts';
export type { LintOptions, RoleName } from './lint/lint-options.ts';
export { lint } from './lint.ts';
export { namesAllowing, namespacesAllowing } from './narrower.ts';
export type { PathRight, ResourceRight, Right } from './right.ts';
export { type SarifLog, type SarifOptions, type SourcePlace, toSarif } from './sarif.ts';
export type { AuditEvent, AuditObjectRef, AuditUser } from './suggest/audit-event.ts';
export { AuditLogError, readAuditEvents } from './suggest/read-audit-events.ts';
export { rolesUsedIn } from './suggest/used-roles.ts';
export { type SuggestOptions, suggest } from './suggest.ts';
export { TooManyRightsError } from './too-many-rights-error.ts';
export { mayBeSeen, type Visibility, type VisibilityQuery, visibleObjects } from './visible.ts';
export {
  type PathRow,
  type ResourceRow,
  type WhatCan,
  type WhatCanOptions,
  type WhatCanSubject,
  whatCan,
} from './what-can.ts';
export { type AllowedSubject, type PathQuery, type ResourceQuery, type WhoCan, whoCan } from './who-can.ts';
