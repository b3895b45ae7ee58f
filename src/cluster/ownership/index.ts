/**
 * Who owns which field of an object: metadata.managedFields, and server-side apply, which merges by it. Pure functions over
 * JSON, driven by the schemas; they store nothing and know no request.
 */
export {
  type Applied,
  type AppliedConfiguration,
  applyConfiguration,
  confirmApplicable,
} from './apply-configuration.ts';
export { keepTimes } from './keep-times.ts';
export type { ManagedFieldsEntry } from './managed-fields.ts';
export { type TrackedUpdate, trackUpdate } from './track-update.ts';
export type { Versions } from './versions.ts';
