/**
 * OpenAPI v3 documents of the served group versions, for kubectl's validation and explain.
 * It does not answer HTTP: the caller sends cache headers, 304 and the redirect to the right hash.
 */
export {
  type OpenapiDocument,
  openapiDocument,
  openapiDocumentOf,
  openapiIndex,
} from './openapi-document.ts';
export { openapiV2 } from './openapi-v2.ts';
