import { findAnonymous } from './anonymous.ts';
import { findApiGroup } from './api-group.ts';
import { findEmptyVerb } from './empty-verb.ts';
import { findMissingGroup } from './missing-group.ts';
import type { Finder, NearMissKind } from './near-miss.ts';
import { findNonResourceUrl } from './non-resource-url.ts';
import { findOtherNamespace } from './other-namespace.ts';
import { findOtherUser } from './other-user.ts';
import { findResource } from './resource.ts';
import { findResourceName, findResourceNamesNeverMatch } from './resource-names.ts';
import { findRoleBindingConfines } from './role-binding-confines.ts';
import { findRoleRefMissing, findRoleRefMisspelt, findRoleRefOfOtherKind } from './role-ref.ts';
import { findRoleWithoutRules } from './role-without-rules.ts';
import {
  findServiceAccountNamespace,
  findSubjectCase,
  findSubjectKind,
  findSubjectPrefix,
} from './subject.ts';
import { findSubresource } from './subresource.ts';
import { findVerb, findWebSocketVerb } from './verb.ts';

/**
 * All kinds of near misses, the nearest first: what no grant mends, what is broken in the caller's own bindings, what
 * the caller holds elsewhere, what the caller's own rules lack, what others hold under a name like the caller's, and
 * what others hold.
 */
export const NEAR_MISSES: readonly { readonly kind: NearMissKind; readonly find: Finder }[] = [
  { kind: 'emptyVerb', find: findEmptyVerb },
  { kind: 'anonymous', find: findAnonymous },
  { kind: 'roleRefOfOtherKind', find: findRoleRefOfOtherKind },
  { kind: 'roleRefMisspelt', find: findRoleRefMisspelt },
  { kind: 'otherNamespace', find: findOtherNamespace },
  { kind: 'roleBindingConfines', find: findRoleBindingConfines },
  { kind: 'apiGroup', find: findApiGroup },
  { kind: 'subresource', find: findSubresource },
  { kind: 'resource', find: findResource },
  { kind: 'webSocketVerb', find: findWebSocketVerb },
  { kind: 'verb', find: findVerb },
  { kind: 'resourceNamesNeverMatch', find: findResourceNamesNeverMatch },
  { kind: 'resourceName', find: findResourceName },
  { kind: 'nonResourceURL', find: findNonResourceUrl },
  { kind: 'subjectCase', find: findSubjectCase },
  { kind: 'subjectPrefix', find: findSubjectPrefix },
  { kind: 'serviceAccountNamespace', find: findServiceAccountNamespace },
  { kind: 'subjectKind', find: findSubjectKind },
  { kind: 'missingGroup', find: findMissingGroup },
  { kind: 'roleWithoutRules', find: findRoleWithoutRules },
  { kind: 'roleRefMissing', find: findRoleRefMissing },
  { kind: 'otherUser', find: findOtherUser },
];
