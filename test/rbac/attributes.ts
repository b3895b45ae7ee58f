import type { Attributes, UserInfo } from '../../src/kube/index.ts';

export function user(username: string, ...groups: string[]): UserInfo {
  return { username, groups };
}

/** `get pods`, `get apps/deployments/scale`: verb, then group (none for core), resource, subresource. */
export function resourceRequest(
  who: UserInfo,
  verb: string,
  resource: string,
  more: Partial<Pick<Attributes, 'apiGroup' | 'subresource' | 'namespace' | 'name'>> = {},
): Attributes {
  const none = { apiGroup: '', apiVersion: 'v1', subresource: '', namespace: '', name: '', path: '' };
  return { ...none, user: who, verb, resource, isResourceRequest: true, ...more };
}

export function pathRequest(who: UserInfo, verb: string, path: string): Attributes {
  const none = { apiGroup: '', apiVersion: '', resource: '', subresource: '', namespace: '', name: '' };
  return { ...none, user: who, verb, path, isResourceRequest: false };
}
