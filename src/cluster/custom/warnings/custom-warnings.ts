import { isDefinitions } from '../../objects/behaviour.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import type { Definition } from '../definition/definition.ts';
import { finalizerWarnings } from './finalizer-warnings.ts';
import { unrecognizedFormats } from './unrecognized-formats.ts';

/**
 * What the writer of a definition, or of an object that one describes, is told although it is accepted. What was the same
 * before is not told again.
 * @param old undefined for a new object
 */
export function customWarnings(
  type: ResourceType,
  object: KubeObject,
  old: KubeObject | undefined,
): readonly string[] {
  if (type.custom !== undefined) return finalizerWarnings(object.metadata, old?.metadata);
  if (!isDefinitions(type)) return [];
  const before = old === undefined ? [] : unrecognizedFormats(old as Definition);
  return unrecognizedFormats(object as Definition)
    .filter((format) => !before.includes(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}
