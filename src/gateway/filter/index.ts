/**
 * Lists and watches over all namespaces for callers who may have some of them: the answers of as many narrower requests as
 * one. Owns snapshots across places, continue tokens, the merging of watches and from where they can be resumed. Does not
 * own which places those are (rbac) or how a target is reached.
 */
export { createFilteredLists, type FilteredAnswer, type FilteredLists } from './filtered-lists.ts';
