import { type Attributes, type Decision, goQuote, type UserInfo } from '../kube/index.ts';
import { SUPERUSER_GROUP } from './callers.ts';
import { covers, type Permission, permissionCount, permissionsOf } from './covers.ts';
import { withDefaults } from './defaults.ts';
import { onlyGarbageCollectorFieldsDiffer } from './garbage-collector-fields.ts';
import { describePermissions, goQuoteList } from './missing-rights.ts';
import {
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyObject,
  type PolicyRule,
  RBAC_GROUP,
  RESOURCE_OF_KIND,
  type Role,
  type RoleBinding,
} from './model.ts';
import { aggregateErrors, type ResolvedRules } from './resolved-rules.ts';
import { missingRoleError } from './role-slot.ts';
import { compileRule } from './rule.ts';

/** A create or update (also by patch or apply) of an RBAC object. */
export interface EscalationRequest {
  readonly user: UserInfo;
  /** The object as it would be stored, after a patch was applied. */
  readonly object: PolicyObject;
  /** What is stored now; left out when the request creates the object. */
  readonly oldObject?: PolicyObject;
  /** Namespace and name as in the URL; the name is '' on POST. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * Why the request must not be done. `resource` and `name` are the Status' details; `text` follows `is forbidden: `;
 * `internal` is a 500 whose message is `text` alone.
 */
export type EscalationRefusal =
  | { readonly kind: 'forbidden'; readonly resource: string; readonly name: string; readonly text: string }
  | { readonly kind: 'notFound'; readonly resource: string; readonly name: string }
  | { readonly kind: 'internal'; readonly text: string };

export interface EscalationDeps {
  readonly authorize: (attributes: Attributes) => Decision;
  readonly heldRules: (user: UserInfo, namespace: string) => ResolvedRules;
  /** The rules of every role that the reference can come to mean; empty when there is no such role. */
  readonly rolesNamed: (kind: string, namespace: string, name: string) => readonly (readonly PolicyRule[])[];
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

// kube-apiserver has no such bound; three long lists in one body would multiply into more work than a request is worth.
const MAX_PERMISSIONS = 50_000;

/**
 * Nobody may hand out more than he holds: undefined when the caller may write the object, else the refusal.
 * Runs before validation. Sources: Kubernetes pkg/registry/rbac/escalation_check.go, policybased/storage.go.
 */
export function confirmNoEscalation(
  deps: EscalationDeps,
  request: EscalationRequest,
): EscalationRefusal | undefined {
  const { user, oldObject } = request;
  const object = withDefaults(request.object);
  if (user.groups.includes(SUPERUSER_GROUP)) {
    return undefined;
  }
  if (oldObject !== undefined && onlyGarbageCollectorFieldsDiffer(object, withDefaults(oldObject))) {
    return undefined;
  }
  return object.kind === 'Role' || object.kind === 'ClusterRole'
    ? confirmRole(deps, request, object)
    : confirmBinding(deps, request, object);
}

function confirmRole(
  deps: EscalationDeps,
  request: EscalationRequest,
  role: Role | ClusterRole,
): EscalationRefusal | undefined {
  const { user, oldObject } = request;
  const namespace = role.kind === 'Role' ? request.namespace : '';
  const resource = RESOURCE_OF_KIND[role.kind];
  const escalate = { verb: 'escalate', apiGroup: RBAC_GROUP, resource };
  if (isAllowed(deps, { ...escalate, user, namespace, name: request.name })) {
    return undefined;
  }
  const held = deps.heldRules(user, namespace);
  const problem = uncovered(user, held, role.rules ?? [], resource);
  if (problem !== undefined) {
    return forbidden(role, problem);
  }
  // Taking an aggregationRule away is as powerful as adding one: the role's rules then stay what they are.
  const aggregates = hasSelectors(role) || (oldObject !== undefined && hasSelectors(oldObject));
  return aggregates && uncovered(user, held, EVERYTHING, resource) !== undefined
    ? forbidden(role, 'must have cluster-admin privileges to use the aggregationRule')
    : undefined;
}

function confirmBinding(
  deps: EscalationDeps,
  request: EscalationRequest,
  binding: RoleBinding | ClusterRoleBinding,
): EscalationRefusal | undefined {
  const { user } = request;
  const { roleRef } = binding;
  // Kubernetes says of a missing role, too, that it misses the binding's resource.
  const resource = RESOURCE_OF_KIND[binding.kind];
  const namespace = binding.kind === 'RoleBinding' ? request.namespace : '';
  if (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole') {
    return { kind: 'internal', text: `unsupported role reference kind: ${goQuote(roleRef.kind)}` };
  }
  const bind = { verb: 'bind', apiGroup: roleRef.apiGroup ?? '', resource: RESOURCE_OF_KIND[roleRef.kind] };
  if (isAllowed(deps, { ...bind, user, namespace, name: roleRef.name })) {
    return undefined;
  }
  const roles = deps.rolesNamed(roleRef.kind, roleRef.kind === 'Role' ? namespace : '', roleRef.name);
  if (roles.length === 0) {
    return { kind: 'notFound', resource, name: roleRef.name };
  }
  const problem = uncovered(user, deps.heldRules(user, namespace), roles.flat(), resource);
  return problem === undefined ? undefined : forbidden(binding, problem);
}

interface Asked {
  readonly user: UserInfo;
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

function isAllowed(deps: EscalationDeps, asked: Asked): boolean {
  const attributes = { ...asked, isResourceRequest: true, path: '', apiVersion: '*', subresource: '' };
  return deps.authorize(attributes).decision === 'allow';
}

/** Says which of the wanted rules the user does not hold; undefined when he holds them all. */
function uncovered(
  user: UserInfo,
  held: ResolvedRules,
  wanted: readonly PolicyRule[],
  resource: string,
): string | undefined {
  const compiled = wanted.map(compileRule);
  if (compiled.reduce((sum, rule) => sum + permissionCount(rule), 0) > MAX_PERMISSIONS) {
    return `the rules come apart into more than ${MAX_PERMISSIONS} single permissions, too many to check`;
  }
  const owned = held.rules.map(compileRule);
  const missing: Permission[] = [];
  for (const rule of compiled) {
    for (const permission of permissionsOf(rule)) {
      if (!owned.some((owner) => covers(owner, permission))) {
        missing.push(permission);
      }
    }
  }
  if (missing.length === 0) {
    return undefined;
  }
  const who = `user ${goQuote(user.username)} (groups=${goQuoteList(user.groups)})`;
  const lines = describePermissions(missing).join('\n');
  // Kubernetes' registry looks roles up in the name of the request's own resource, whatever the roleRef says.
  const errors = held.missing.map((slot) => missingRoleError(slot, resource));
  const resolution = errors.length > 0 ? `; resolution errors: [${aggregateErrors(errors)}]` : '';
  return `${who} is attempting to grant RBAC permissions not currently held:\n${lines}${resolution}`;
}

function forbidden(object: PolicyObject, text: string): EscalationRefusal {
  return {
    kind: 'forbidden',
    resource: RESOURCE_OF_KIND[object.kind],
    name: object.metadata.name ?? '',
    text,
  };
}

function hasSelectors(object: PolicyObject): boolean {
  return object.kind === 'ClusterRole' && (object.aggregationRule?.clusterRoleSelectors ?? []).length > 0;
}
