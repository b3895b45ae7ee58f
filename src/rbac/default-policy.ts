import bootstrap from './data/bootstrap-policy.json' with { type: 'json' };
import {
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyObject,
  type PolicyRule,
  RBAC_API_VERSION,
  RBAC_GROUP,
  type Role,
  type RoleBinding,
  type Subject,
} from './model.ts';

interface BootstrapRole {
  readonly name: string;
  /** Which user-facing role the rules flow into. */
  readonly aggregateTo?: string | undefined;
  /** Of which user-facing role this one is the gathering end. */
  readonly gathers?: string | undefined;
  readonly rules: readonly PolicyRule[];
}

interface BootstrapBinding {
  readonly name: string;
  readonly subjects: readonly Subject[];
}

interface NamespacedRole {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
}

interface NamespacedBinding extends BootstrapBinding {
  readonly namespace: string;
  readonly role: string;
}

const CLUSTER_ROLES: readonly BootstrapRole[] = bootstrap.clusterRoles;
const CLUSTER_BINDINGS: readonly BootstrapBinding[] = bootstrap.clusterRoleBindings;
const ROLES: readonly NamespacedRole[] = bootstrap.roles;
const BINDINGS: readonly NamespacedBinding[] = bootstrap.roleBindings;

const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

/**
 * The roles and bindings that a Kubernetes 1.35 cluster starts with, fresh copies. The rules of admin, edit and view are
 * what aggregation makes of the system:aggregate-to-* roles. Source: Kubernetes
 * plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go and namespace_policy.go.
 */
export function defaultPolicyObjects(): PolicyObject[] {
  return structuredClone([
    ...CLUSTER_ROLES.map(clusterRole),
    ...CLUSTER_BINDINGS.map(clusterRoleBinding),
    ...ROLES.map(role),
    ...BINDINGS.map(roleBinding),
  ]);
}

function clusterRole({ name, aggregateTo, gathers, rules }: BootstrapRole): ClusterRole {
  const labels = aggregateTo === undefined ? LABELS : { ...LABELS, ...aggregationLabel(aggregateTo) };
  const aggregationRule =
    gathers === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregationLabel(gathers) }] } };
  return {
    apiVersion: RBAC_API_VERSION,
    kind: 'ClusterRole',
    metadata: { name, labels, annotations: ANNOTATIONS },
    rules,
    ...aggregationRule,
  };
}

function aggregationLabel(role: string): Record<string, string> {
  return { [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' };
}

function clusterRoleBinding({ name, subjects }: BootstrapBinding): ClusterRoleBinding {
  return {
    apiVersion: RBAC_API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: LABELS, annotations: ANNOTATIONS },
    // What is bound to nobody says nothing of subjects.
    ...(subjects.length > 0 && { subjects }),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name },
  };
}

function role({ namespace, name, rules }: NamespacedRole): Role {
  return {
    apiVersion: RBAC_API_VERSION,
    kind: 'Role',
    metadata: { name, namespace, labels: LABELS, annotations: ANNOTATIONS },
    rules,
  };
}

function roleBinding({ namespace, name, subjects, role: roleName }: NamespacedBinding): RoleBinding {
  return {
    apiVersion: RBAC_API_VERSION,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: LABELS, annotations: ANNOTATIONS },
    subjects,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: roleName },
  };
}
