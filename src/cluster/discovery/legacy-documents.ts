import { createHash } from 'node:crypto';
import type { ResourceType, ServedGroupVersion } from '../resources/index.ts';

/** The answer of /api for clients that do not know aggregated discovery. */
export function apiVersions(core: readonly ServedGroupVersion[]): object {
  return {
    kind: 'APIVersions',
    versions: core.map((served) => served.version),
    // A required field that tells clients in which network to use which address. We have one door, the caller knows it.
    serverAddressByClientCIDRs: [],
  };
}

/** The answer of /apis. */
export function apiGroupList(named: readonly ServedGroupVersion[]): object {
  const groups = Map.groupBy(named, (served) => served.group);
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...groups].map(([group, versions]) => apiGroup(group, versions)),
  };
}

/** One APIGroup, without its own kind and apiVersion; the first version is the preferred one. */
export function apiGroup(name: string, served: readonly ServedGroupVersion[]): object {
  const versions = served.map(({ groupVersion, version }) => ({ groupVersion, version }));
  return { name, versions, preferredVersion: versions[0] };
}

/** The answer of /api/v1 and /apis/<group>/<version>. */
export function apiResourceList(served: ServedGroupVersion): object {
  return {
    kind: 'APIResourceList',
    ...(served.group !== '' && { apiVersion: 'v1' }),
    groupVersion: served.groupVersion,
    resources: served.types.flatMap(resourceEntries),
  };
}

function resourceEntries(type: ResourceType): object[] {
  const main = {
    name: type.resource,
    singularName: type.singular,
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    ...(isKept(type) && { storageVersionHash: storageVersionHash(type) }),
  };
  const subresources = type.subresources.map((subresource) => ({
    name: `${type.resource}/${subresource.name}`,
    singularName: '',
    namespaced: type.namespaced,
    ...(subresource.group !== '' && { group: subresource.group, version: subresource.version }),
    kind: subresource.kind,
    verbs: subresource.verbs,
  }));
  return [main, ...subresources];
}

/** What is computed, answered or passed on is kept nowhere, and of other modules' kinds there is no other version. */
function isKept({ verbs, own }: ResourceType): boolean {
  return own === undefined && verbs.includes('get') && verbs.includes('create');
}

/** Tells who moves objects to another version whether there is one. Source: apiserver/pkg/endpoints/discovery/storageversionhash.go. */
function storageVersionHash(type: ResourceType): string {
  const { group = type.group, version = type.version } = type.custom ?? type.kept ?? {};
  const digest = createHash('sha256').update(`${group}/${version}/${type.kind}`).digest();
  return digest.subarray(0, 8).toString('base64');
}
