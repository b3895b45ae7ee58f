/**
 * Lists that are put together from lists: what an API server has written is taken apart and goes on byte for byte. Owns the
 * reading and writing of such lists, and answers that stay in the process. Does not own which lists belong together.
 */
export { acceptJson } from './accept-json.ts';
export { drained } from './drained.ts';
export { type AnswerHead, InnerResponse } from './inner-response.ts';
export { jsonElements } from './json-elements.ts';
export { jsonMembers } from './json-members.ts';
export { skipSpace } from './json-scan.ts';
export { listAnew } from './list-anew.ts';
export { type ListPage, readListPage } from './list-page.ts';
export { type QueryChanges, queryOf, withQuery } from './list-target.ts';
export { createListWriter, type ListWriter } from './list-writer.ts';
