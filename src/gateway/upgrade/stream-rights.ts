import type { Attributes, Decision, RequestInfo } from '../../kube/index.ts';
import { forbiddenObject } from '../../kube/index.ts';

const CONNECTS: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward']);

/**
 * Whoever gets a shell changes what runs in the pod, though a WebSocket is opened by GET: since Kubernetes 1.35 that needs
 * `create` on the subresource besides `get` (gate AuthorizePodWebsocketUpgradeCreatePermission), with or without an
 * upgrade. The words are those of its refusal, which names no verb.
 * @throws StatusError 403
 */
export function checkConnectRights(
  { verb, apiGroup, resource, subresource, isResourceRequest, name }: RequestInfo,
  attributes: Attributes,
  authorize: (attributes: Attributes) => Decision,
): void {
  if (verb !== 'get' || !isResourceRequest || !CONNECTS.has(subresource)) return;
  if (apiGroup !== '' || resource !== 'pods') return;
  const { decision, reason } = authorize({ ...attributes, verb: 'create' });
  if (decision !== 'allow') throw forbiddenObject({ group: '', resource: 'pods' }, name, reason);
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
