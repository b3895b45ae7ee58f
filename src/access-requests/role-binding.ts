import {
  type ClusterRoleBinding,
  EXPIRES_AT,
  RBAC_API_VERSION,
  RBAC_GROUP,
  type RoleBinding,
} from '../rbac/index.ts';
import type { AccessRequest } from './access-request.ts';

/** What a request puts into the cluster. */
export type AccessBinding = RoleBinding | ClusterRoleBinding;

/** By this label, all bindings that requests have made are found. */
export const MANAGED_BY = {
  name: 'app.kubernetes.io/managed-by',
  value: 'sallyport-access-requests',
} as const;
const UID = 'sallyport.dev/access-request-uid';
const REQUEST = 'sallyport.dev/access-request';
const APPROVED_BY = 'sallyport.dev/approved-by';

/**
 * The binding that an approved request wants. Its name holds the request's uid: no other request ever has it, so writing it
 * twice is writing it once. It has no ownerReference: the API server's garbage collector does not know the owner's kind,
 * and would take the owner for gone.
 */
export function bindingOf(request: AccessRequest): AccessBinding {
  const { namespace, name, uid, requester, role, until, decision } = request;
  const roleRef = { apiGroup: RBAC_GROUP, kind: role.kind, name: role.name };
  const subjects = [{ kind: 'User', apiGroup: RBAC_GROUP, name: requester.username }];
  const metadata = {
    name: bindingNameOf(request),
    labels: { [MANAGED_BY.name]: MANAGED_BY.value, [UID]: uid },
    annotations: {
      [REQUEST]: namespace === '' ? name : `${namespace}/${name}`,
      ...(until === undefined ? {} : { [EXPIRES_AT]: new Date(until).toISOString() }),
      ...(decision === undefined ? {} : { [APPROVED_BY]: decision.by.username }),
    },
  };
  const apiVersion = RBAC_API_VERSION;
  return namespace === ''
    ? { apiVersion, kind: 'ClusterRoleBinding', metadata, subjects, roleRef }
    : { apiVersion, kind: 'RoleBinding', metadata: { ...metadata, namespace }, subjects, roleRef };
}

export function bindingNameOf({ uid }: Pick<AccessRequest, 'uid'>): string {
  return `sallyport-access-${uid}`;
}

/** The uid of the request that a binding says it was made for. */
export function requestUidOf({ metadata }: Pick<AccessBinding, 'metadata'>): string | undefined {
  return metadata.labels?.[UID];
}
