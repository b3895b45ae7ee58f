/**
 * Watches: where one starts, which events a client sees, how they are written, and when they end.
 * History and its order are the store's; who may watch is decided before.
 */
export { watch } from './watch.ts';
