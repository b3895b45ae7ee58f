import type { Attributes, Decision, UserInfo } from '../kube/index.ts';
import { createAuthorize } from './authorize.ts';
import { type CompiledBinding, compileBinding, scopeOf } from './binding.ts';
import { withDefaults } from './defaults.ts';
import { confirmNoEscalation, type EscalationRefusal, type EscalationRequest } from './escalation.ts';
import type { ClusterRoleBinding, PolicyKind, PolicyObject, RoleBinding } from './model.ts';
import { objectKey } from './object-key.ts';
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
  /** Allow with the reason, or no opinion: RBAC never denies and never fails. */
  authorize(attributes: Attributes): Decision;
  /** The status of a SelfSubjectRulesReview for this user in this namespace. */
  rulesFor(user: UserInfo, namespace: string): RulesReviewStatus;
  /** Whether a write of an RBAC object would hand out more than the caller holds: undefined, or the refusal. */
  confirmNoEscalation(request: EscalationRequest): EscalationRefusal | undefined;
  /** What the questions read. */
  view(): PolicyView;
}

export function createPolicy(): Policy {
  const shapes = createShapes();
  const roles = createRoleTable(shapes);
  const subjects = createSubjectIndex();
  const authorize = createAuthorize({ subjects, roles, shapes });
  const reverse = createReverseIndex();
  const bindings = new Map<string, Map<string, CompiledBinding>>();

  function putBinding(source: string, object: RoleBinding | ClusterRoleBinding): void {
    const scope = scopeOf(object);
    const key = objectKey(object.kind, scope, object.metadata.name ?? '');
    removeBinding(source, key);
    const { kind, name } = object.roleRef;
    const slot = roles.acquire(source, kind, kind === 'Role' ? scope : '', name);
    const binding = compileBinding(source, object, slot);
    const ofSource = bindings.get(source) ?? new Map<string, CompiledBinding>();
    bindings.set(source, ofSource.set(key, binding));
    subjects.add(binding);
    reverse.add(binding);
  }

  function removeBinding(source: string, key: string): void {
    const binding = bindings.get(source)?.get(key);
    if (binding !== undefined) {
      bindings.get(source)?.delete(key);
      subjects.remove(binding);
      reverse.remove(binding);
      roles.release(source, binding.slot);
    }
  }

  function heldRules(user: UserInfo, namespace: string): ResolvedRules {
    roles.refresh();
    return resolveRules(subjects, user, namespace);
  }

  // Not only the role that the reference means now: whoever may delete the one that hides another source's role of
  // this name could otherwise bind the harmless one first and uncover the powerful one afterwards.
  function rolesNamed(kind: string, namespace: string, name: string) {
    roles.refresh();
    return roles.definitions(kind, namespace, name).map(({ rules }) => rules);
  }

  const view: PolicyView = {
    subjects,
    bindings: () => bindings.values().flatMap((ofSource) => ofSource.values()),
    bindingsNaming: (type, name) => reverse.bySubject[type].get(name) ?? [],
    subjectNames: (type) => reverse.bySubject[type].keys(),
    slots: () => reverse.bySlot.entries(),
    roles: () => roles.all(),
  };

  return {
    put(source, object) {
      const defaulted = withDefaults(object);
      if (defaulted.kind === 'Role' || defaulted.kind === 'ClusterRole') {
        roles.put(source, defaulted);
      } else {
        putBinding(source, defaulted);
      }
    },
    remove(source, kind, namespace, name) {
      if (kind === 'Role' || kind === 'ClusterRole') {
        roles.remove(source, kind, namespace, name);
      } else {
        removeBinding(source, objectKey(kind, kind === 'RoleBinding' ? namespace : '', name));
      }
    },
    authorize,
    rulesFor: (user, namespace) => rulesReviewStatus(heldRules(user, namespace)),
    view() {
      roles.refresh();
      return view;
    },
    confirmNoEscalation: (request) => confirmNoEscalation({ authorize, heldRules, rolesNamed }, request),
  };
}
