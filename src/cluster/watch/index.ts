/**
 * Watches: where one starts, which events a client sees, how they are written, when they end, and how much all of them
 * may take. History and its order are the store's; who may watch is decided before.
 */
export { type WatchContext, watch } from './watch.ts';
export { createWatches, type Watches, type WatchLimits } from './watches.ts';
