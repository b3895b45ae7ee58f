import type { PolicyObject } from './model.ts';

/**
 * Whether the two objects are equal but for ownerReferences, finalizers and managedFields, which the garbage collector
 * must be able to write although it holds none of the role's rules. Everything else counts, uid and resourceVersion
 * included: the objects are compared as sent. Source: Kubernetes pkg/registry/rbac/helpers.go IsOnlyMutatingGCFields.
 */
export function onlyGarbageCollectorFieldsDiffer(object: PolicyObject, oldObject: PolicyObject): boolean {
  return object.kind === oldObject.kind && sameValue(comparable(object), comparable(oldObject));
}

function comparable(object: PolicyObject): unknown {
  const { ownerReferences: _, finalizers: __, managedFields: ___, ...metadata } = object.metadata;
  const named = { metadata: withoutEmptyStrings(metadata) };
  switch (object.kind) {
    case 'Role':
      return { ...named, rules: object.rules };
    case 'ClusterRole':
      return { ...named, rules: object.rules, aggregationRule: object.aggregationRule };
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return { ...named, subjects: object.subjects?.map(withoutEmptyStrings), roleRef: object.roleRef };
  }
}

// Go's decoded structs do not tell an absent field from an empty one. Maps do, and a label with an empty value can
// make a role be aggregated elsewhere: so this is for the fields of structs only.
function withoutEmptyStrings(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameValue(a[key], b[key]));
  }
  return a === b || (isEmpty(a) && isEmpty(b));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
