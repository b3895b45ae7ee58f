import { findResourceType, type ResourceType } from '../resources/index.ts';

/** A kind of the core group. */
export function coreType(resource: string): ResourceType {
  const type = findResourceType('', 'v1', resource);
  if (type === undefined) throw new Error(`the resource table lacks ${resource}`);
  return type;
}
