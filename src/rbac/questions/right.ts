import type { Permission } from '../covers.ts';
import { textOrder } from './principal.ts';
import { orderedVerbs } from './verb-order.ts';

/** Rights on one resource, or on one path. */
export type Right = ResourceRight | PathRight;

export interface ResourceRight extends ResourceTarget {
  /** `*` alone for everywhere, the cluster scope included. */
  readonly namespaces: readonly string[];
  readonly verbs: readonly string[];
}

export interface PathRight extends PathTarget {
  readonly verbs: readonly string[];
}

interface ResourceTarget {
  readonly apiGroup: string;
  /** As rules write it: `pods`, `pods/log`, `*`, or `*` and a subresource. */
  readonly resource: string;
  /** Left out for every name. */
  readonly resourceName?: string;
}

interface PathTarget {
  readonly path: string;
}

/** Permissions that differ in the verb only, wherever they are held. */
export interface PermissionGroup {
  readonly target: ResourceTarget | PathTarget;
  readonly verbs: readonly string[];
  readonly permissions: readonly Permission[];
}

/** Groups permissions by what they are on: by API group, resource and name, paths last. */
export function groupPermissions(permissions: readonly Permission[]): PermissionGroup[] {
  const groups = Map.groupBy(permissions, (permission) => JSON.stringify(targetOf(permission)));
  return [...groups]
    .sort(([a], [b]) => textOrder(a, b))
    .flatMap(([, members]) => {
      const [first] = members;
      const verbs = orderedVerbs(members.map(({ verb }) => verb));
      return first === undefined ? [] : [{ target: targetOf(first), verbs, permissions: members }];
    });
}

export function rightIn(namespaces: readonly string[], { target, verbs }: PermissionGroup): Right {
  return 'path' in target ? { ...target, verbs } : { namespaces, ...target, verbs };
}

function targetOf({
  apiGroup = '',
  resource = '',
  resourceName,
  nonResourceURL,
}: Permission): ResourceTarget | PathTarget {
  if (nonResourceURL !== undefined) {
    return { path: nonResourceURL };
  }
  return { apiGroup, resource, ...(resourceName === undefined ? {} : { resourceName }) };
}
