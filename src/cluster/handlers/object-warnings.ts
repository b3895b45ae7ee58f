import { customWarnings } from '../custom/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { warningsOf } from '../schema/index.ts';
import { unenforcedWarnings } from './unenforced.ts';

/** What the writer of an object is warned of. @param old undefined for a new object */
export function objectWarnings(
  type: ResourceType,
  object: KubeObject,
  old: KubeObject | undefined,
): readonly string[] {
  return [
    ...(old === undefined ? unenforcedWarnings(type) : []),
    ...customWarnings(type, object, old),
    ...warningsOf(type, object, old),
  ];
}
