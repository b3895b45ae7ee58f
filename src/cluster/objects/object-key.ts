import type { ResourceType } from '../resources/index.ts';

/** All objects live below this key, `/registry/<group>/<resource>/<namespace>/<name>`, as a real cluster's do in etcd. */
export const registryPrefix = '/registry/';

/** Bookkeeping that is no object: reserved addresses and ports. */
export const reservationPrefix = 'cluster/reservations/';

/** Where all objects of a type live. Ends in '/'. */
export function typePrefix(type: ResourceType): string {
  const group = type.kept?.group ?? type.group;
  return `${registryPrefix}${group === '' ? 'core' : group}/${type.resource}/`;
}

/** Where a list of the type looks: one namespace, or all of them when it is ''. Ends in '/'. */
export function listPrefix(type: ResourceType, namespace: string): string {
  return type.namespaced && namespace !== '' ? `${typePrefix(type)}${namespace}/` : typePrefix(type);
}

export function objectKey(type: ResourceType, namespace: string, name: string): string {
  return listPrefix(type, namespace) + name;
}

export interface KeyParts {
  readonly group: string;
  readonly resource: string;
  /** '' for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
}

/** Names hold no '/', so a key says where it belongs. */
export function parseObjectKey(key: string): KeyParts {
  const [group = '', resource = '', ...rest] = key.slice(registryPrefix.length).split('/');
  const name = rest.pop() ?? '';
  return { group: group === 'core' ? '' : group, resource, namespace: rest[0] ?? '', name };
}
