import { findResourceType, type ResourceType } from '../resources/index.ts';

/** The kind under which events are stored. */
export function eventType(): ResourceType {
  const type = findResourceType('', 'v1', 'events');
  if (type === undefined) throw new Error('the resource table lacks events');
  return type;
}
