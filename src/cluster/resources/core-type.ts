import { builtInType } from './built-in-type.ts';
import type { ResourceType } from './resource-type.ts';

/** A kind of the core group that every cluster has. */
export function coreType(resource: string): ResourceType {
  return builtInType('', resource);
}
