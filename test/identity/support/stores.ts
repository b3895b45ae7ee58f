import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, openSqliteStore, type Store } from '../../../src/store/index.ts';

export interface OpenedStore {
  readonly store: Store;
  dispose(): Promise<void>;
}

/** Every kind of store, for what has to hold on all of them. */
export const stores: readonly (readonly [string, () => Promise<OpenedStore>])[] = [
  [
    'memory',
    async () => {
      const store = createMemoryStore();
      return { store, dispose: () => store.close() };
    },
  ],
  [
    'SQLite',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'accounts-'));
      const store = await openSqliteStore({
        file: join(directory, 'sallyport.db'),
        onError: (error) => {
          throw error;
        },
      });
      return {
        store,
        async dispose() {
          await store.close();
          await rm(directory, { recursive: true });
        },
      };
    },
  ],
];
