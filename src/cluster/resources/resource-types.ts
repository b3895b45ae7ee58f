import rows from '../data/resources.json' with { type: 'json' };
import type { ResourceType } from './resource-type.ts';

/** Everything served, in discovery order: groups by priority, resources by name. */
export const resourceTypes: readonly ResourceType[] = rows;

const byKey: ReadonlyMap<string, ResourceType> = new Map(
  resourceTypes.map((type) => [key(type.group, type.version, type.resource), type]),
);

/** The served resource of a URL, or undefined when the group, version or plural is not served. */
export function findResourceType(group: string, version: string, resource: string): ResourceType | undefined {
  return byKey.get(key(group, version, resource));
}

// A group and a plural are DNS names, so '/' cannot make two triples share a key.
function key(group: string, version: string, resource: string): string {
  return `${group}/${version}/${resource}`;
}
