/**
 * PATCH bodies applied to an object: JSON Patch, JSON Merge Patch, strategic merge patch.
 * It neither validates nor stores the result. Server-side apply is `ownership`'s.
 */
export { acceptedPatchTypes, applyPatch, type PatchRequest } from './apply-patch.ts';
export { jsonPatch, maxJsonPatchOperations } from './json-patch.ts';
export { PatchFailure } from './patch-failure.ts';
