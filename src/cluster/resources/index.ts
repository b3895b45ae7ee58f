/**
 * Which resources the embedded API serves, as a table: names, verbs, subresources, strategy traits.
 * It does not know how they are stored, shown or validated.
 */
export type {
  Cell,
  ColumnDefinition,
  KubeObject,
  ObjectMeta,
  OpenapiSchema,
  OwnKind,
  ResourceType,
  SubresourceType,
} from './resource-type.ts';
export { findResourceType, resourceTypes } from './resource-types.ts';
export { groupVersionOf, type ServedGroupVersion, servedGroupVersions } from './served-group-versions.ts';
