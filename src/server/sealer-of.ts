import type { Config } from '../config/index.ts';
import { createSealer, type Sealer } from '../store/index.ts';

/** Seals what is secret in the store, where `storage.encryption` has a key for it. */
export function sealerOf({ storage }: Config): Sealer {
  return createSealer(storage.type === 'memory' ? undefined : storage.encryption);
}
