import type { RequestInfo } from '../../kube/index.ts';

/** Verbs of kube-apiserver's metrics: nearly the HTTP methods, and not RBAC's. */
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const CONNECTS = new Set(['log', 'exec', 'portforward', 'attach', 'proxy']);
const APPLY_TYPE = 'application/apply-patch+yaml';
/** Whatever a client makes up. */
const OTHER = 'other';

/**
 * The value of `verb`. Sources: Kubernetes apiserver/pkg/endpoints/metrics/metrics.go CanonicalVerb, CleanVerb, cleanVerb.
 * @param requestInfo undefined for a request that was refused before it was known what it asks for
 */
export function verbLabel(
  method: string,
  contentType: string | undefined,
  requestInfo: RequestInfo | undefined,
): string {
  if (requestInfo !== undefined) {
    if (requestInfo.isResourceRequest && CONNECTS.has(requestInfo.subresource)) return 'CONNECT';
    if (requestInfo.verb === 'watch') return 'WATCH';
    // A list with metadata.name=x is a get here, since its scope is one object.
    if (requestInfo.verb === 'list' && requestInfo.name === '') return 'LIST';
  }
  if (method === 'PATCH' && contentType === APPLY_TYPE) return 'APPLY';
  if (method === 'HEAD') return 'GET';
  return METHODS.has(method) ? method : OTHER;
}

/** The value of `scope`: one object, a namespace, all of them, or none for what is no resource. Source: the same, CleanScope. */
export function scopeLabel(requestInfo: RequestInfo): 'resource' | 'namespace' | 'cluster' | '' {
  if (requestInfo.name !== '' || requestInfo.verb === 'create') return 'resource';
  if (requestInfo.namespace !== '') return 'namespace';
  return requestInfo.isResourceRequest ? 'cluster' : '';
}

/** Kubernetes' two kinds of requests that are limited. Source: apiserver/pkg/server/filters/maxinflight.go. */
export function requestKind({ verb }: RequestInfo): 'readOnly' | 'mutating' {
  return verb === 'get' || verb === 'list' || verb === 'watch' ? 'readOnly' : 'mutating';
}
