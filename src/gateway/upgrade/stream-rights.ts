import type { Attributes, Decision, RequestInfo } from '../../kube/index.ts';
import { forbiddenObject } from '../../kube/index.ts';

const CONNECTS: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward']);

/**
 * What must be allowed besides the request itself. Whoever gets a shell changes what runs in the pod, though a WebSocket is
 * opened by GET: since Kubernetes 1.35 that needs `create` on the subresource besides `get` (gate
 * AuthorizePodWebsocketUpgradeCreatePermission), with or without an upgrade.
 */
export function connectRight(
  { verb, apiGroup, resource, subresource, isResourceRequest }: RequestInfo,
  attributes: Attributes,
): Attributes | undefined {
  if (verb !== 'get' || !isResourceRequest || !CONNECTS.has(subresource)) return undefined;
  if (apiGroup !== '' || resource !== 'pods') return undefined;
  return { ...attributes, verb: 'create' };
}

/**
 * Asks for `connectRight`. The words are those of Kubernetes' refusal, which names no verb.
 * @throws StatusError 403
 */
export function checkConnectRights(
  requestInfo: RequestInfo,
  attributes: Attributes,
  authorize: (attributes: Attributes) => Decision,
): void {
  const right = connectRight(requestInfo, attributes);
  if (right === undefined) return;
  const { decision, reason } = authorize(right);
  if (decision !== 'allow') throw forbiddenObject({ group: '', resource: 'pods' }, requestInfo.name, reason);
}

/** Whether the answer to a request is a stream that goes both ways, or that Kubernetes offers over a WebSocket. */
export function isStreaming({ isResourceRequest, verb, subresource }: RequestInfo): boolean {
  if (!isResourceRequest) return false;
  return (
    verb === 'watch' ||
    verb === 'proxy' ||
    subresource === 'proxy' ||
    subresource === 'log' ||
    CONNECTS.has(subresource)
  );
}
