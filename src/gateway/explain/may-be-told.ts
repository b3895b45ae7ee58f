import { type Attributes, type Decision, resourceAttributes, type UserInfo } from '../../kube/index.ts';
import {
  type NearMiss,
  type NearMissKind,
  type PolicyKind,
  RBAC_GROUP,
  RESOURCE_OF_KIND,
  type Subject,
} from '../../rbac/index.ts';

/** Asks about the user whose request was refused. */
type Authorize = (attributes: Attributes) => Decision;

/** These name a role that nobody gave to the caller: the one that a roleRef seems to mean. */
const NAMES_OTHER_ROLE: ReadonlySet<NearMissKind> = new Set([
  'roleRefOfOtherKind',
  'roleRefMisspelt',
  'roleRefMissing',
]);

/**
 * Whether a near miss tells the caller nothing but what they hold or could read. Kubernetes itself names to people the
 * bindings that allow what they ask; what others hold, and the names of roles, need the right to read such objects.
 */
export function mayBeTold({ kind, grant }: NearMiss, user: UserInfo, authorize: Authorize): boolean {
  // Then it has no words but the request's own.
  if (grant === undefined) return true;
  const { binding, subject } = grant;
  const { namespace } = binding;
  const mayRead = (verb: string, of: PolicyKind, place: string, name: string) => {
    const asked = {
      user,
      verb,
      apiGroup: RBAC_GROUP,
      resource: RESOURCE_OF_KIND[of],
      namespace: place,
      name,
    };
    return authorize(resourceAttributes(asked)).decision === 'allow';
  };
  if (!isCaller(subject, namespace, user) && !mayRead('get', binding.kind, namespace, binding.name)) {
    return false;
  }
  if (!NAMES_OTHER_ROLE.has(kind)) return true;
  return (
    mayRead('list', 'ClusterRole', '', '') && (namespace === '' || mayRead('list', 'Role', namespace, ''))
  );
}

function isCaller({ kind, name, namespace }: Subject, bindingNamespace: string, user: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return name === user.username;
    case 'Group':
      return user.groups.includes(name);
    default:
      return user.username === `system:serviceaccount:${namespace || bindingNamespace}:${name}`;
  }
}
