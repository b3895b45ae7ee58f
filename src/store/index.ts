/**
 * Storage: one contract, several implementations, and the record kinds built once on top of it.
 * Owns durability, revisions and expiry. Does not know what its values mean.
 */
export * from './store.ts';
