/**
 * Custom resources: definitions and what they make, which is served from the moment that they are established. Schemas,
 * pruning, defaults, validation, columns and versions of their objects are here; storing and answering is as for any kind.
 */
export type { ConversionReport } from './conversion/conversion-report.ts';
export { type CustomResources, followDefinitions } from './custom-resources.ts';
export { isDefinition, validateDefinition } from './definition/validate-definition.ts';
export { runDefinitions } from './run-definitions.ts';
export { customWarnings } from './warnings/custom-warnings.ts';
