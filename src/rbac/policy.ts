import type { Attributes, Decision, UserInfo } from '../kube/index.ts';
import { createAuthorize } from './authorize.ts';
import { type CompiledBinding, compileBinding, scopeOf } from './binding.ts';
import { createCallers } from './callers.ts';
import { withDefaults } from './defaults.ts';
import { confirmNoEscalation, type EscalationRefusal, type EscalationRequest } from './escalation.ts';
import { refuseInvalid } from './invalid-policy-error.ts';
import {
  type ClusterRoleBinding,
  isNamespacedKind,
  type PolicyKind,
  type PolicyObject,
  type RoleBinding,
} from './model.ts';
import { createObjectMap, type ObjectMap } from './object-map.ts';
import { createReverseIndex, type PolicyView } from './policy-view.ts';
import {
  type ResolvedRules,
  type RulesReviewStatus,
  resolveRules,
  rulesReviewStatus,
} from './resolved-rules.ts';
import { createRoleTable } from './role-table.ts';
import { createShapes } from './shapes.ts';
import { createSubjectIndex } from './subject-index.ts';

/**
 * Roles and bindings of any number of sources (manifests, a cluster's own objects), kept ready to decide.
 * Bindings of all sources count. A roleRef means the role of the binding's own source; failing that, of the source
 * that appeared first. Aggregated ClusterRoles are computed here, over what their source sees.
 * Everything is synchronous: a decision sees an update wholly or not at all.
 */
export interface Policy {
  /** Adds the object, or replaces the source's object of the same kind, namespace and name. */
  put(source: string, object: PolicyObject): void;
  /** Takes the source's object away; does nothing if there is none. */
  remove(source: string, kind: PolicyKind, namespace: string, name: string): void;
  /**
   * Makes these the source's objects, in place of all that it had: wholly or, when one is invalid, not at all. Of two
   * of the same kind, namespace and name the later counts.
   * @throws InvalidPolicyError that tells of every invalid object
   */
  replaceSource(source: string, objects: readonly PolicyObject[]): void;
  /** Allow with the reason, or no opinion: RBAC never denies and never fails. */
  authorize(attributes: Attributes): Decision;
  /** The status of a SelfSubjectRulesReview for this user in this namespace. */
  rulesFor(user: UserInfo, namespace: string): RulesReviewStatus;
  /** Whether a write of an RBAC object would hand out more than the caller holds: undefined, or the refusal. */
  confirmNoEscalation(request: EscalationRequest): EscalationRefusal | undefined;
  /** What the questions read. */
  view(): PolicyView;
}

export interface PolicyOptions {
  /**
   * Roles that their keeper puts back when they are missing or lack rules, as an API server does with its default ones.
   * They grant nothing here; but who binds their name gets what they hold, sooner or later.
   */
  readonly restored?: readonly PolicyObject[];
}

export function createPolicy({ restored = [] }: PolicyOptions = {}): Policy {
  const shapes = createShapes();
  const roles = createRoleTable(shapes);
  const restoredRoles = createRoleTable(createShapes());
  for (const object of restored) {
    if (object.kind === 'Role' || object.kind === 'ClusterRole') restoredRoles.put('restored', object);
  }
  const subjects = createSubjectIndex();
  const callers = createCallers(subjects);
  const authorize = createAuthorize({ callers, shapes });
  const reverse = createReverseIndex();
  const bindings = new Map<string, ObjectMap<CompiledBinding>>();

  function putBinding(source: string, object: RoleBinding | ClusterRoleBinding): void {
    const { kind, roleRef } = object;
    const scope = scopeOf(object);
    const name = object.metadata.name ?? '';
    removeBinding(source, kind, scope, name);
    const slot = roles.acquire(source, roleRef.kind, roleRef.kind === 'Role' ? scope : '', roleRef.name);
    const binding = compileBinding(source, object, slot);
    const ofSource = bindings.get(source) ?? createObjectMap();
    bindings.set(source, ofSource);
    ofSource.set(kind, scope, name, binding);
    subjects.add(binding);
    reverse.add(binding);
  }

  function removeBinding(source: string, kind: PolicyKind, namespace: string, name: string): void {
    const binding = bindings.get(source)?.get(kind, namespace, name);
    if (binding !== undefined) {
      bindings.get(source)?.delete(kind, namespace, name);
      subjects.remove(binding);
      reverse.remove(binding);
      roles.release(source, binding.slot);
    }
  }

  function heldRules(user: UserInfo, namespace: string): ResolvedRules {
    return resolveRules(subjects, user, namespace);
  }

  // Not only the role that the reference means now: whoever may delete the one that hides another source's role of
  // this name, or replace a default role until the next start, could otherwise bind the harmless one first and have the
  // powerful one afterwards.
  function rolesNamed(kind: string, namespace: string, name: string) {
    const now = roles.definitions(kind, namespace, name);
    // Where there is none, the refusal says so; and nothing can be bound to it.
    if (now.length === 0) return [];
    return [...now, ...restoredRoles.definitions(kind, namespace, name)].map(({ rules }) => rules);
  }

  const view: PolicyView = {
    subjects,
    bindings: () => bindings.values().flatMap((ofSource) => ofSource.values()),
    bindingsNaming: (type, name) => reverse.bySubject[type].get(name) ?? [],
    subjectNames: (type) => reverse.bySubject[type].keys(),
    slots: () => reverse.bySlot.entries(),
    roles: () => roles.all(),
  };

  function put(source: string, object: PolicyObject): void {
    callers.forget();
    const defaulted = withDefaults(object);
    if (defaulted.kind === 'Role' || defaulted.kind === 'ClusterRole') {
      roles.put(source, defaulted);
    } else {
      putBinding(source, defaulted);
    }
  }

  function remove(source: string, kind: PolicyKind, namespace: string, name: string): void {
    callers.forget();
    if (kind === 'Role' || kind === 'ClusterRole') {
      roles.remove(source, kind, namespace, name);
    } else {
      removeBinding(source, kind, kind === 'RoleBinding' ? namespace : '', name);
    }
  }

  function replaceSource(source: string, objects: readonly PolicyObject[]): void {
    refuseInvalid(objects);
    const next = createObjectMap<PolicyObject>();
    for (const object of objects) {
      const { namespace = '', name = '' } = object.metadata;
      next.set(object.kind, isNamespacedKind(object.kind) ? namespace : '', name, object);
    }
    const gone = [...roles.namesOf(source), ...bindingNamesOf(source)].filter(
      ({ kind, namespace, name }) => next.get(kind, namespace, name) === undefined,
    );
    for (const { kind, namespace, name } of gone) {
      remove(source, kind, namespace, name);
    }
    for (const object of next.values()) {
      put(source, object);
    }
  }

  function* bindingNamesOf(source: string) {
    for (const { object, namespace } of bindings.get(source)?.values() ?? []) {
      yield { kind: object.kind, namespace, name: object.metadata.name ?? '' };
    }
  }

  return {
    put,
    remove,
    replaceSource,
    authorize,
    rulesFor: (user, namespace) => rulesReviewStatus(heldRules(user, namespace)),
    view: () => view,
    confirmNoEscalation: (request) => confirmNoEscalation({ authorize, heldRules, rolesNamed }, request),
  };
}
