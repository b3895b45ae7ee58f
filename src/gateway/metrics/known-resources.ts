import type { RequestInfo } from '../../kube/index.ts';

/** More kinds than a large cluster has, with their subresources. */
const MAX_RESOURCES = 500;
/** What Kubernetes calls a group, a version, a resource. Names of objects may look like this, too, but stand elsewhere in a path. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;

export interface ResourceLabels {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
}

/** What a request counts as whose resource nobody has vouched for. */
export const UNKNOWN_RESOURCE: ResourceLabels = { group: '', version: '', resource: '', subresource: '' };

export interface KnownResources {
  /** The labels of a resource that is known, else the empty ones. */
  of(requestInfo: RequestInfo): ResourceLabels;
  /** Makes a request's resource known, as long as there is room. */
  learn(requestInfo: RequestInfo): void;
}

/**
 * The resources that may be values of labels. A path can name any, and paths come from anybody; so a resource counts under
 * its own name only after a request for it was allowed and answered with less than 400, which an API server does for
 * resources that it serves. Refused, denied and unfound ones count under none. An API that answers everything is bounded too.
 */
export function createKnownResources(limit = MAX_RESOURCES): KnownResources {
  const known = new Map<string, ResourceLabels>();
  return {
    of(requestInfo) {
      return (requestInfo.isResourceRequest && known.get(keyOf(requestInfo))) || UNKNOWN_RESOURCE;
    },
    learn(requestInfo) {
      if (!requestInfo.isResourceRequest || known.size >= limit) return;
      const { apiGroup: group, apiVersion: version, resource, subresource } = requestInfo;
      const key = keyOf(requestInfo);
      if (known.has(key)) return;
      if (![group || 'core', version, resource, subresource || 'none'].every((name) => NAME.test(name)))
        return;
      known.set(key, { group, version, resource, subresource });
    },
  };
}

/** Segments of a path have no slash. */
function keyOf({ apiGroup, apiVersion, resource, subresource }: RequestInfo): string {
  return `${apiGroup}/${apiVersion}/${resource}/${subresource}`;
}
