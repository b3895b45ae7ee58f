/**
 * Which resources the embedded API serves, as a table: names, verbs, subresources, strategy traits.
 * It does not know how they are stored, shown or validated.
 */
export { asKept } from './as-kept.ts';
export { builtInType, isBuiltInGroup } from './built-in-type.ts';
export { coreType } from './core-type.ts';
export { createResourceTable, type ResourceTable, type ServedResources } from './resource-table.ts';
export type {
  Cell,
  ColumnDefinition,
  CustomKind,
  KeptForm,
  KubeObject,
  ObjectMeta,
  OpenapiSchema,
  OwnKind,
  ResourceType,
  ScalePaths,
  SubresourceType,
  WebhookConversion,
} from './resource-type.ts';
export { builtInTable, findResourceType } from './resource-types.ts';
export { groupVersionOf, type ServedGroupVersion } from './served-group-versions.ts';
