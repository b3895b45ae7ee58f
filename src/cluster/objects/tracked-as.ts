import { trackUpdate } from '../ownership/index.ts';
import type { ResourceType } from '../resources/index.ts';
import { type ObjectContext, timestamp } from './object-context.ts';
import type { TrackFields } from './track-fields.ts';

/** The bookkeeping of a write that is no apply. @param subresource '' on the main path */
export function trackedAs(
  context: ObjectContext,
  type: ResourceType,
  manager: string,
  subresource: string,
): TrackFields {
  const time = timestamp(context);
  return (next, old, asked, versions) =>
    trackUpdate({ type, old, next, asked, manager, subresource, time, versions });
}
