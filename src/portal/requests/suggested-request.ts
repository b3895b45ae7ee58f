import type { Attributes } from '../../kube/index.ts';
import type { NearMiss, NearMissKind } from '../../rbac/index.ts';
import type { Typed } from './request-draft.ts';

/** Near misses in which the role itself allows it: given to this person here, it would be enough. */
const ENOUGH: ReadonlySet<NearMissKind> = new Set([
  'otherNamespace',
  'roleBindingConfines',
  'otherUser',
  'missingGroup',
  'subjectCase',
  'subjectPrefix',
  'subjectKind',
]);

/**
 * What somebody who was refused could ask for: the nearest role that would have allowed it, where it was refused. Undefined
 * where nobody knows one that they may be told of.
 * @param nearMisses as they are told
 */
export function suggestedRequest(
  { isResourceRequest, namespace }: Pick<Attributes, 'isResourceRequest' | 'namespace'>,
  nearMisses: readonly NearMiss[],
): Pick<Typed, 'namespace' | 'role'> | undefined {
  if (!isResourceRequest) return undefined;
  for (const { kind, grant } of nearMisses) {
    const role = grant?.role;
    if (!ENOUGH.has(kind) || role === undefined) continue;
    if (role.kind === 'ClusterRole') return { namespace, role: role.name };
    if (role.namespace === namespace) return { namespace, role: `Role/${role.name}` };
  }
  return undefined;
}
