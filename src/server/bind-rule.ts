import type { AccessBinding, Authority, Bindings } from '../access-requests/index.ts';
import { guardPolicy } from '../gateway/index.ts';
import { forbiddenObject, goQuote, notFound, resourceAttributes, serviceUnavailable } from '../kube/index.ts';
import { type ApiClient, ApiError } from '../kubeconfig/index.ts';
import { type Policy, RBAC_API_VERSION, RBAC_GROUP, RESOURCE_OF_KIND } from '../rbac/index.ts';

/**
 * Kubernetes' rule against escalation, of who has a binding written without writing it: may `bind` the role, or holds all that
 * it holds. Where the API server decides on everything, only the first can be asked. A role that is not there yet can be
 * bound by nobody here: it is a slip, or a trap for whoever makes it later.
 * @param policy undefined: the API server decides
 * @param client asks the cluster's API as the gateway's own account
 */
export function bindRule(
  policy: Policy | undefined,
  client: Pick<ApiClient, 'get'>,
): Bindings['confirmMayBind'] {
  const guard = policy && guardPolicy(policy, 'cluster');
  return async (binding, approver) => {
    const { namespace = '' } = binding.metadata;
    if (guard === undefined) await confirmMayBind(binding, approver);
    else {
      const request = { user: approver.user, requestInfo: { namespace, name: '' } };
      guard.confirmNoEscalation(request, binding, undefined);
    }
    const role = roleOf(binding);
    const isThere = policy === undefined ? await isServed(client, role) : isKnown(policy, role);
    if (!isThere) throw notFound({ group: RBAC_GROUP, resource: role.resource }, role.name);
  };
}

interface RolePlace {
  readonly kind: string;
  readonly resource: string;
  /** '' for a ClusterRole. */
  readonly namespace: string;
  readonly name: string;
}

function roleOf({ roleRef: { kind, name }, metadata }: AccessBinding): RolePlace {
  return kind === 'Role'
    ? { kind, resource: RESOURCE_OF_KIND.Role, namespace: metadata.namespace ?? '', name }
    : { kind, resource: RESOURCE_OF_KIND.ClusterRole, namespace: '', name };
}

async function confirmMayBind(binding: AccessBinding, { user, decide }: Authority): Promise<void> {
  const { kind, resource, name } = roleOf(binding);
  const asked = resourceAttributes({
    user,
    verb: 'bind',
    apiGroup: RBAC_GROUP,
    apiVersion: '*',
    resource,
    namespace: binding.metadata.namespace ?? '',
    name,
  });
  const { decision } = await decide(asked);
  if (decision === 'allow') return;
  throw forbiddenObject(
    { group: RBAC_GROUP, resource: RESOURCE_OF_KIND[binding.kind] },
    '',
    `user ${goQuote(user.username)} would hand out ${kind} ${goQuote(name)}, which needs the verb "bind" on it`,
  );
}

function isKnown(policy: Policy, { kind, namespace, name }: RolePlace): boolean {
  for (const role of policy.view().roles())
    if (role.kind === kind && role.namespace === namespace && role.name === name) return true;
  return false;
}

async function isServed(
  client: Pick<ApiClient, 'get'>,
  { resource, namespace, name }: RolePlace,
): Promise<boolean> {
  const place = namespace === '' ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
  try {
    await client.get(`/apis/${RBAC_API_VERSION}/${place}${resource}/${encodeURIComponent(name)}`);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw serviceUnavailable(`the gateway could not look the role up: ${(error as Error).message}`);
  }
}
