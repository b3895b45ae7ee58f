/**
 * RBAC: roles and bindings in, decisions and reasons out. Pure: no I/O, no clock, no framework.
 *
 * Owns the meaning of rbac.authorization.k8s.io/v1: reading, defaulting and validating its objects, deciding,
 * listing a user's rules, aggregation, the check against escalation, the default roles. Does not own where the
 * objects are stored, how requests become attributes, or the HTTP form of a refusal.
 */
export { defaultPolicyObjects } from './default-policy.ts';
export { withDefaults } from './defaults.ts';
export type { EscalationRefusal, EscalationRequest } from './escalation.ts';
export { EXPIRES_AT, expiryOf } from './expiry.ts';
export { type InvalidObject, InvalidPolicyError } from './invalid-policy-error.ts';
export {
  type LocatedObject,
  ManifestError,
  type ManifestOptions,
  type ManifestScan,
  scanManifests,
} from './manifests.ts';
export type {
  AggregationRule,
  ClusterRole,
  ClusterRoleBinding,
  ObjectMeta,
  PolicyKind,
  PolicyObject,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from './model.ts';
export { isNamespacedKind, isPolicyKind, RBAC_API_VERSION, RBAC_GROUP, RESOURCE_OF_KIND } from './model.ts';
export { createPolicy, type Policy, type PolicyOptions } from './policy.ts';
export type { PolicyView, RoleDefinition } from './policy-view.ts';
export {
  type AllowedSubject,
  type AuditEvent,
  AuditLogError,
  type AuditObjectRef,
  type AuditUser,
  type ChangedRight,
  diffPolicies,
  type ExplainOptions,
  type Explanation,
  explain,
  type Finding,
  type Grant,
  type LintOptions,
  lint,
  type NearGrant,
  type NearMiss,
  type NearMissKind,
  namesAllowing,
  namespacesAllowing,
  type ObjectName,
  type PathQuery,
  type PathRight,
  type PathRow,
  type ResourceQuery,
  type ResourceRight,
  type ResourceRow,
  type Right,
  type RoleName,
  readAuditEvents,
  rolesUsedIn,
  type SarifLog,
  type SarifOptions,
  SEVERITIES,
  type Severity,
  type SourcePlace,
  type SubjectChange,
  type SuggestOptions,
  suggest,
  TooManyRightsError,
  toSarif,
  type Visibility,
  type VisibilityQuery,
  type WhatCan,
  type WhatCanOptions,
  type WhatCanSubject,
  type WhoCan,
  whatCan,
  whoCan,
} from './questions/index.ts';
export type { NonResourceRule, ResourceRule, RulesReviewStatus } from './resolved-rules.ts';
export { validatePolicyContent, validatePolicyObject } from './validate.ts';
