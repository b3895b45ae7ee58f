/**
 * OpenAPI documents of what is served: v3 by group version, for kubectl's validation and explain, and v2 in one.
 * It does not answer HTTP: the caller sends cache headers, 304 and the redirect to the right hash.
 */
export {
  type OpenapiDocument,
  openapiDocument,
  openapiDocumentOf,
  openapiIndex,
} from './openapi-document.ts';
export { type OpenapiV2, openapiV2 } from './v2/openapi-v2.ts';
export { type OpenapiV2Part, openapiV2PartOf } from './v2/openapi-v2-part.ts';
