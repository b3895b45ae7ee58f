/**
 * What a served kind's objects look like: strict decoding, defaults, create-time fields, validation, patch keys, all
 * driven by the recorded OpenAPI schemas. Pure functions over JSON; it stores nothing and knows no request.
 */

export { type CheckedManifest, checkManifest } from './check-manifest.ts';
export { checkTypes, problemOfTypes } from './check-types.ts';
export { decodeObject } from './decode-object.ts';
export { decodeStatus } from './decode-status.ts';
export { applyDefaults } from './defaults/apply-defaults.ts';
export { asJsonArray, asJsonObject, asText, goJsonType, isJsonObject } from './json-object.ts';
export { inKeyOrder } from './key-order.ts';
export { objectMetadata } from './object-metadata.ts';
export { openapiSchemas, referencedSchema } from './openapi-schemas.ts';
export {
  containerResources,
  hasOwnResources,
  podLimits,
  podRequests,
  type ResourceList,
  resourceList,
} from './pod-resources.ts';
export type { Allocators } from './prepare/allocators.ts';
export { admitNew, prepareForCreate } from './prepare/prepare-for-create.ts';
export { prepareForUpdate } from './prepare/prepare-for-update.ts';
export {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  isQuantity,
  quantityRatio,
  subtractQuantities,
} from './quantity.ts';
export { restoreProblem } from './restore-problem.ts';
export type { SchemaForm, SchemaNode } from './schema-node.ts';
export { schemaOf } from './schema-of.ts';
export { unknownFields } from './unknown-fields.ts';
export { validateApproval } from './validate/validate-approval.ts';
export { annotationErrors, labelErrors, validateMetadata } from './validate/validate-metadata.ts';
export { validateObject } from './validate/validate-object.ts';
export { validateResize } from './validate/validate-pod-resize.ts';
export { validateEphemeralContainers } from './validate/validate-pod-update.ts';
export { selectorErrors } from './validate/validate-selector.ts';
export { validateStatus } from './validate/validate-status.ts';
export { warningsOf } from './warnings/warnings-of.ts';
export { inWrittenOrder } from './written-order.ts';
export { fillStruct } from './zeros.ts';
