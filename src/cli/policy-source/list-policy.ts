import { type ApiClient, ApiError, isFields } from '../../kubeconfig/index.ts';
import { type PolicyKind, type PolicyObject, RBAC_API_VERSION, RESOURCE_OF_KIND } from '../../rbac/index.ts';
import { CommandError } from '../command.ts';

const KINDS = Object.keys(RESOURCE_OF_KIND) as readonly PolicyKind[];
const PAGE = 500;

/** The caller may not list the whole policy. */
export class HiddenPolicyError extends CommandError {
  override readonly code = 'SP_HIDDEN_POLICY';
}

/**
 * All RBAC objects of the server, page by page.
 * @throws CommandError; HiddenPolicyError when the caller may not list them, with the rights that are needed and how to get them
 */
export async function listPolicy(server: ApiClient): Promise<PolicyObject[]> {
  const lists = await Promise.allSettled(KINDS.map((kind) => listKind(server, kind)));
  const failures = lists.flatMap((list) => (list.status === 'rejected' ? [list.reason as unknown] : []));
  const refusals = failures.filter((error) => error instanceof ApiError && error.status === 403);
  if (refusals.length > 0) throw new HiddenPolicyError(needsRights(refusals as ApiError[]));
  if (failures.length > 0) throw failures[0];
  return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
}

async function listKind(server: ApiClient, kind: PolicyKind): Promise<PolicyObject[]> {
  try {
    return await listPages(server, kind);
  } catch (error) {
    // The snapshot that the pages come from is gone: once more, from the start.
    if (error instanceof ApiError && error.status === 410) return listPages(server, kind);
    throw error;
  }
}

async function listPages(server: ApiClient, kind: PolicyKind): Promise<PolicyObject[]> {
  const objects: PolicyObject[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(token === '' ? {} : { continue: token }) });
    const page = await server.get(`/apis/${RBAC_API_VERSION}/${RESOURCE_OF_KIND[kind]}?${query}`);
    const { items, metadata } = page as { items?: unknown; metadata?: { continue?: unknown } };
    if (!Array.isArray(items))
      throw new CommandError(`the server's list of ${RESOURCE_OF_KIND[kind]} has no items`);
    objects.push(...items.map((item) => asPolicyObject(item, kind)));
    const next = typeof metadata?.continue === 'string' ? metadata.continue : '';
    if (next !== '' && next === token) {
      throw new CommandError(`the server's list of ${RESOURCE_OF_KIND[kind]} does not go on`);
    }
    token = next;
  } while (token !== '');
  return objects;
}

/** The server has validated its objects; the items of a list lack kind and version. */
function asPolicyObject(item: unknown, kind: PolicyKind): PolicyObject {
  if (!isFields(item) || !isFields(item['metadata'])) {
    throw new CommandError(
      `the server's list of ${RESOURCE_OF_KIND[kind]} holds something that is no object`,
    );
  }
  return { ...item, apiVersion: RBAC_API_VERSION, kind } as unknown as PolicyObject;
}

function needsRights(refusals: readonly ApiError[]): string {
  const resources = KINDS.map((kind) => RESOURCE_OF_KIND[kind]);
  const names = resources.map((resource) => `${resource}.rbac.authorization.k8s.io`).join(',');
  return `${refusals.map(({ message }) => message).join('\n')}

The answer needs the whole policy: the right to list ${resources.join(', ')} in all namespaces.
Somebody who may can grant it:
  kubectl create clusterrole policy-reader --verb=list --resource=${names}
  kubectl create clusterrolebinding policy-readers --clusterrole=policy-reader --user=YOU
Without it, "sallyport can-i" tells you about yourself, and -f FILE asks manifests instead of the server.`;
}
