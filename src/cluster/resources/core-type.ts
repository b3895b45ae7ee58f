import type { ResourceType } from './resource-type.ts';
import { findResourceType } from './resource-types.ts';

/** A kind of the core group that every cluster has. */
export function coreType(resource: string): ResourceType {
  const type = findResourceType('', 'v1', resource);
  if (type === undefined) throw new Error(`the resource table lacks ${resource}`);
  return type;
}
