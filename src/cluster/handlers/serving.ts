/**
 * How kube-apiserver serves kinds, whoever keeps their objects: reading bodies, options and patches, showing objects. For
 * APIs beside the embedded one, which look the same to every client.
 */
export { generateName } from '../objects/generate-name.ts';
export { applyPatch } from '../patch/index.ts';
export { createWatches, type WatchContext, type Watches, watch } from '../watch/index.ts';
export { confirmFits } from './confirm-fits.ts';
export { type Continuation, decodeContinue, encodeContinue } from './continue-token.ts';
export { type DecodedBody, decodeBody } from './decode-body.ts';
export { readDeleteOptions } from './delete-options.ts';
export type { Call } from './handler-context.ts';
export { type ListQuery, parseListQuery } from './list-query.ts';
export { respondOpenapi } from './openapi-pages.ts';
export { respondNotFoundPage } from './page.ts';
export { parsePatch, patchTypeOf } from './patch.ts';
export { type ListMetadata, presentList, presentObject } from './present.ts';
export { createRequestQuery, type RequestQuery } from './request-query.ts';
export { addWarnings, respondError, respondJson, send } from './respond.ts';
export { viewOf } from './view-of.ts';
export { parseWriteOptions, type WriteOptions } from './write-options.ts';
