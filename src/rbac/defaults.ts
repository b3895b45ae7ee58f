import {
  type ClusterRoleBinding,
  type PolicyObject,
  RBAC_GROUP,
  type RoleBinding,
  type RoleRef,
  type Subject,
} from './model.ts';

/**
 * The object with v1's defaults filled in: roleRef.apiGroup and the apiGroup of User and Group subjects.
 * A subject's namespace is not defaulted; that happens at evaluation. Source: Kubernetes pkg/apis/rbac/v1/defaults.go.
 */
export function withDefaults<T extends PolicyObject>(object: T): T {
  if (object.kind === 'Role' || object.kind === 'ClusterRole') {
    return object;
  }
  // What an API server sends has them all: a large policy is not copied.
  if (isComplete(object)) {
    return object;
  }
  const subjects = object.subjects?.map(withSubjectDefaults);
  return {
    ...object,
    roleRef: withRoleRefDefaults(object.roleRef),
    ...(subjects === undefined ? {} : { subjects }),
  };
}

function isComplete({ roleRef, subjects }: RoleBinding | ClusterRoleBinding): boolean {
  return isWhole(roleRef) && Boolean(roleRef.apiGroup) && (subjects ?? []).every(isCompleteSubject);
}

function isCompleteSubject(subject: Subject | null): boolean {
  return isWhole(subject) && (Boolean(subject.apiGroup) || !isRbacSubject(subject.kind));
}

function isWhole<T extends RoleRef | Subject>(value: T | null | undefined): value is T {
  return value?.kind !== undefined && value.name !== undefined;
}

/** The kinds of subjects whose API group is RBAC's. */
function isRbacSubject(kind: string): boolean {
  return kind === 'User' || kind === 'Group';
}

// A decoded body may lack roleRef or hold a null subject: Go sees an empty struct there.
function withRoleRefDefaults(roleRef: RoleRef | null | undefined): RoleRef {
  const { apiGroup, kind, name } = roleRef ?? {};
  return { apiGroup: apiGroup || RBAC_GROUP, kind: kind ?? '', name: name ?? '' };
}

function withSubjectDefaults(subject: Subject | null): Subject {
  const { kind = '', name = '', ...rest } = subject ?? {};
  const named = { ...rest, kind, name };
  return isRbacSubject(kind) && !named.apiGroup ? { ...named, apiGroup: RBAC_GROUP } : named;
}
