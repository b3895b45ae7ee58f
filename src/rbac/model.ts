/** The RBAC objects of rbac.authorization.k8s.io/v1, as JSON has them. Source: Kubernetes api/rbac/v1/types.go. */

import type { LabelSelector } from '../kube/index.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
export const RBAC_API_VERSION = 'rbac.authorization.k8s.io/v1';

/** A list of strings that Go's JSON may leave out or write as null. */
export type StringList = readonly string[] | null;

export interface PolicyRule {
  readonly verbs?: StringList;
  readonly apiGroups?: StringList;
  readonly resources?: StringList;
  readonly resourceNames?: StringList;
  readonly nonResourceURLs?: StringList;
}

export interface Subject {
  /** User, Group or ServiceAccount; anything else matches nobody. */
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  /** ServiceAccount only; in a RoleBinding the binding's namespace when left out. */
  readonly namespace?: string;
}

export interface RoleRef {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

/** The members of metadata that RBAC reads; the others are carried along. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly [field: string]: unknown;
}

export interface AggregationRule {
  readonly clusterRoleSelectors?: readonly LabelSelector[] | null;
}

interface PolicyObjectBase {
  readonly apiVersion?: string;
  readonly metadata: ObjectMeta;
}

export interface Role extends PolicyObjectBase {
  readonly kind: 'Role';
  readonly rules?: readonly PolicyRule[] | null;
}

export interface ClusterRole extends PolicyObjectBase {
  readonly kind: 'ClusterRole';
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: AggregationRule | null;
}

export interface RoleBinding extends PolicyObjectBase {
  readonly kind: 'RoleBinding';
  readonly subjects?: readonly Subject[] | null;
  readonly roleRef: RoleRef;
}

export interface ClusterRoleBinding extends PolicyObjectBase {
  readonly kind: 'ClusterRoleBinding';
  readonly subjects?: readonly Subject[] | null;
  readonly roleRef: RoleRef;
}

export type PolicyObject = Role | ClusterRole | RoleBinding | ClusterRoleBinding;
export type PolicyKind = PolicyObject['kind'];

/** The plural resource name of each kind, as in URLs and Status messages. */
export const RESOURCE_OF_KIND: Readonly<Record<PolicyKind, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};

export function isPolicyKind(kind: string): kind is PolicyKind {
  return Object.hasOwn(RESOURCE_OF_KIND, kind);
}

/** True for the two kinds whose objects live in a namespace. */
export function isNamespacedKind(kind: PolicyKind): boolean {
  return kind === 'Role' || kind === 'RoleBinding';
}
