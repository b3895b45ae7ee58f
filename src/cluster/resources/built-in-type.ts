import type { ResourceType } from './resource-type.ts';
import { builtInTable, findResourceType } from './resource-types.ts';

/** A kind that every cluster has, by its group and plural. Throws for one that is not in the data: that is a mistake here. */
export function builtInType(group: string, resource: string, version = 'v1'): ResourceType {
  const type = findResourceType(group, version, resource);
  if (type === undefined) throw new Error(`the resource table lacks ${resource}`);
  return type;
}

/** Whether a group is one of those that every cluster has, in whatever version. */
export function isBuiltInGroup(group: string): boolean {
  return builtInTable.groupVersions.some((served) => served.group === group);
}
