/**
 * An API group that the gateway has itself, in front of whatever API it guards. Owns which requests are the group's, and
 * putting it into the documents that list all groups. Does not own what the group is.
 */
export type { OwnApi } from './own-api.ts';
export { createTargetBeside } from './target-beside.ts';
