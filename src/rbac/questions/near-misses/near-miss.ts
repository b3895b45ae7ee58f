import type { PolicyObject, PolicyRule, RoleRef, Subject } from '../../model.ts';
import type { ObjectName } from '../grant.ts';
import type { Denial } from './denial.ts';
import type { Held } from './held.ts';

export type NearMissKind =
  | 'emptyVerb'
  | 'anonymous'
  | 'roleRefOfOtherKind'
  | 'roleRefMisspelt'
  | 'otherNamespace'
  | 'roleBindingConfines'
  | 'apiGroup'
  | 'subresource'
  | 'resource'
  | 'webSocketVerb'
  | 'verb'
  | 'resourceNamesNeverMatch'
  | 'resourceName'
  | 'nonResourceURL'
  | 'subjectCase'
  | 'subjectPrefix'
  | 'serviceAccountNamespace'
  | 'subjectKind'
  | 'missingGroup'
  | 'roleWithoutRules'
  | 'roleRefMissing'
  | 'otherUser'
  | 'nothingNear';

/** What nearly allowed the request. */
export interface NearGrant {
  readonly binding: ObjectName;
  readonly subject: Subject;
  /** As the binding has it; it may lead nowhere. */
  readonly roleRef: RoleRef;
  /** The role that roleRef means, if there is one. */
  readonly role?: ObjectName;
  /** The one rule that nearly allows, where it is one, and its index in the role. */
  readonly rule?: PolicyRule;
  readonly ruleIndex?: number;
}

/** One reason why a request is not allowed that is close to being none. */
export interface NearMiss {
  readonly kind: NearMissKind;
  /** A sentence; it has the request's own words and names of RBAC objects and subjects in it, nothing else. */
  readonly message: string;
  /**
   * Objects that, put into the policy, make the same request allowed, and hardly anything else: this verb, on this
   * resource and name, for this caller. undefined when no grant is the answer.
   */
  readonly remedy: readonly PolicyObject[] | undefined;
  /** What mends it at its root, in words. */
  readonly remedyText: string;
  readonly grant?: NearGrant;
}

/** A near miss before the remedy is added. */
export interface Finding {
  readonly message: string;
  readonly remedyText: string;
  readonly held?: Held;
  readonly ruleIndex?: number;
  /** Findings with the same key say the same; the message when left out. */
  readonly key?: string;
  /** A grant is not the answer. */
  readonly noGrantHelps?: true;
}

export type Finder = (denial: Denial) => Iterable<Finding>;
