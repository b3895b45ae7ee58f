import { coreType, type ResourceType } from '../resources/index.ts';

/** The kind by whose name an invalid object is refused: events of events.k8s.io are kept, and judged, as those of the core group. */
export function refusedAs(type: ResourceType): ResourceType {
  return type.group === 'events.k8s.io' ? coreType('events') : type;
}
