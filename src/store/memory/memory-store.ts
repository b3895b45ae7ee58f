import { createLocalStore, type LocalStore, type LocalStoreDeps } from '../local/local-store.ts';
import { createMemoryBackend } from './memory-backend.ts';

/** A store that lives as long as this process: for tests, demos, and caches. History is kept until compact. */
export function createMemoryStore(deps: LocalStoreDeps = {}): LocalStore {
  return createLocalStore(createMemoryBackend(), deps);
}
