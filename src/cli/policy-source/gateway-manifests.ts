import { MANIFESTS_PATH } from '../../gateway/index.ts';
import { type ApiClient, ApiError, isFields } from '../../kubeconfig/index.ts';
import { isPolicyKind, type PolicyObject } from '../../rbac/index.ts';
import { CommandError } from '../command.ts';

/**
 * What decides at a gateway besides the objects that its API server lists; nothing when the server is no gateway. A gateway
 * shows them to whoever may list those objects, so a 403 is an API server's, which does not know the path.
 * @throws CommandError when the answer is of another form
 */
export async function gatewayManifests(server: ApiClient): Promise<PolicyObject[]> {
  const list = await server.get(MANIFESTS_PATH).catch((error: unknown) => {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  });
  if (list === undefined) return [];
  const items = isFields(list) ? list['items'] : undefined;
  if (!Array.isArray(items) || !items.every(isPolicyObject)) {
    throw new CommandError("the gateway's list of its manifests is of a form that is not known here");
  }
  return items;
}

function isPolicyObject(item: unknown): item is PolicyObject {
  return isFields(item) && isFields(item['metadata']) && isPolicyKind(String(item['kind']));
}
