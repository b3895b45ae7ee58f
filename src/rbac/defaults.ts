import { type PolicyObject, RBAC_GROUP, type RoleRef, type Subject } from './model.ts';

/**
 * The object with v1's defaults filled in: roleRef.apiGroup and the apiGroup of User and Group subjects.
 * A subject's namespace is not defaulted; that happens at evaluation. Source: Kubernetes pkg/apis/rbac/v1/defaults.go.
 */
export function withDefaults<T extends PolicyObject>(object: T): T {
  if (object.kind === 'Role' || object.kind === 'ClusterRole') {
    return object;
  }
  const subjects = object.subjects?.map(withSubjectDefaults);
  return {
    ...object,
    roleRef: withRoleRefDefaults(object.roleRef),
    ...(subjects === undefined ? {} : { subjects }),
  };
}

// A decoded body may lack roleRef or hold a null subject: Go sees an empty struct there.
function withRoleRefDefaults(roleRef: RoleRef | null | undefined): RoleRef {
  const { apiGroup, kind, name } = roleRef ?? {};
  return { apiGroup: apiGroup || RBAC_GROUP, kind: kind ?? '', name: name ?? '' };
}

function withSubjectDefaults(subject: Subject | null): Subject {
  const { kind = '', name = '', ...rest } = subject ?? {};
  const named = { ...rest, kind, name };
  return (kind === 'User' || kind === 'Group') && !named.apiGroup
    ? { ...named, apiGroup: RBAC_GROUP }
    : named;
}
