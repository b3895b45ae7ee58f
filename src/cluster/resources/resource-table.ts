import type { ResourceType } from './resource-type.ts';
import { groupVersionOf, groupVersionsOf, type ServedGroupVersion } from './served-group-versions.ts';

/** What is served at one moment. A table never changes: when something else is served, there is another table. */
export interface ResourceTable {
  /** In discovery order: groups by priority, resources by name. */
  readonly types: readonly ResourceType[];
  /** In discovery order; the core group is first. */
  readonly groupVersions: readonly ServedGroupVersion[];
  /** The served resource of a URL, or undefined when the group, version or plural is not served. */
  find(group: string, version: string, resource: string): ResourceType | undefined;
  /** The served resource whose objects have this apiVersion and kind. */
  findKind(apiVersion: string, kind: string): ResourceType | undefined;
  /** In the preferred one of the versions that serve it: its objects are in the same place in all of them. */
  findResource(group: string, resource: string): ResourceType | undefined;
  serves(group: string, version: string): boolean;
}

/** What is served now. */
export interface ServedResources {
  table(): ResourceTable;
}

/**
 * @param types in discovery order
 * @param before a table whose group versions are taken over where they have the same types: what was made of them stays good
 */
export function createResourceTable(types: readonly ResourceType[], before?: ResourceTable): ResourceTable {
  const groupVersions = groupVersionsOf(types, before?.groupVersions ?? []);
  const byUrl = new Map(types.map((type) => [key(type.group, type.version, type.resource), type]));
  const byKind = firstOf(types, (type) => key(groupVersionOf(type), type.kind));
  const byResource = firstOf(types, (type) => key(type.group, type.resource));
  const served = new Set(groupVersions.map(({ group, version }) => key(group, version)));
  return {
    types,
    groupVersions,
    find: (group, version, resource) => byUrl.get(key(group, version, resource)),
    findKind: (apiVersion, kind) => byKind.get(key(apiVersion, kind)),
    findResource: (group, resource) => byResource.get(key(group, resource)),
    serves: (group, version) => served.has(key(group, version)),
  };
}

function firstOf(
  types: readonly ResourceType[],
  keyOf: (type: ResourceType) => string,
): ReadonlyMap<string, ResourceType> {
  // Of equal keys a map keeps the last.
  return new Map(types.toReversed().map((type) => [keyOf(type), type]));
}

/** Groups, versions and plurals are DNS names and a kind has no '/', so that no two keys are the same. */
function key(...parts: readonly string[]): string {
  return parts.join('/');
}
