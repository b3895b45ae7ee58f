import type { Permission } from '../covers.ts';
import { urlCovers } from '../rule.ts';

/** What both permissions allow, which is again one permission; undefined when no request is allowed by both. */
export function overlapOf(a: Permission, b: Permission): Permission | undefined {
  const verb = sameOrStar(a.verb, b.verb);
  if (verb === undefined) {
    return undefined;
  }
  if (a.nonResourceURL !== undefined || b.nonResourceURL !== undefined) {
    const nonResourceURL = narrowerUrl(a.nonResourceURL, b.nonResourceURL);
    return nonResourceURL === undefined ? undefined : { verb, nonResourceURL };
  }
  const apiGroup = sameOrStar(a.apiGroup ?? '', b.apiGroup ?? '');
  const resource = narrowerResource(a.resource ?? '', b.resource ?? '');
  const resourceName = a.resourceName ?? b.resourceName;
  const namesAgree = resourceName === undefined || resourceName === (b.resourceName ?? resourceName);
  return apiGroup === undefined || resource === undefined || !namesAgree
    ? undefined
    : { verb, apiGroup, resource, ...(resourceName === undefined ? {} : { resourceName }) };
}

/** `pods/log` as all subresources `log`: `*` and the subresource; undefined without a subresource. */
export function subresourceStar(resource: string): string | undefined {
  const slash = resource.indexOf('/');
  return slash < 0 ? undefined : `*${resource.slice(slash)}`;
}

function sameOrStar(a: string, b: string): string | undefined {
  return a === b || b === '*' ? a : a === '*' ? b : undefined;
}

function narrowerResource(a: string, b: string): string | undefined {
  if (subresourceStar(a) === b) {
    return a;
  }
  return subresourceStar(b) === a ? b : sameOrStar(a, b);
}

function narrowerUrl(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) {
    return undefined;
  }
  return urlCovers(b, a) ? a : urlCovers(a, b) ? b : undefined;
}
