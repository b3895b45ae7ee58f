import type { RequestInfo } from '../kube/index.ts';

const SUBRESOURCES: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/** Whether a request may go on for hours. Source: Kubernetes apiserver/pkg/server/filters/longrunning.go. */
export function isLongRunning(requestInfo: RequestInfo): boolean {
  const { verb, isResourceRequest } = requestInfo;
  if (verb === 'watch' || verb === 'proxy') return true;
  return isResourceRequest
    ? SUBRESOURCES.has(requestInfo.subresource)
    : requestInfo.path.startsWith('/debug/pprof/');
}
