import type { ManagedFieldsEntry, Versions } from '../ownership/index.ts';
import type { KubeObject } from '../resources/index.ts';

/**
 * The managedFields of a written object; undefined when nobody owns anything.
 * @param next with defaults, before admission
 * @param old undefined when it is new
 * @param asked metadata.managedFields as it was sent
 * @param versions undefined when all versions have the same fields
 */
export type TrackFields = (
  next: KubeObject,
  old: KubeObject | undefined,
  asked: unknown,
  versions?: Versions,
) => readonly ManagedFieldsEntry[] | undefined;

/** The object with these managedFields and no others. */
export function withManagedFields(
  object: KubeObject,
  managedFields: readonly ManagedFieldsEntry[] | undefined,
): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}
