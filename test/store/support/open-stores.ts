import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, openSqliteStore } from '../../../src/store/index.ts';
import type { StoreUnderTest } from '../../contract/store.ts';

/** The implementations, each on a clock of its own. */
export async function openMemory(): Promise<StoreUnderTest> {
  let now = Date.UTC(2030, 0, 1);
  const store = createMemoryStore({ now: () => now });
  return {
    store,
    async advance(ms) {
      now += ms;
      await store.expireLeases();
    },
    dispose: () => store.close(),
  };
}

export async function openSqlite(): Promise<StoreUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'store-'));
  let now = Date.UTC(2030, 0, 1);
  const open = () => openSqliteStore({ file: join(directory, 'store.db'), now: () => now });
  let store = await open();
  return {
    get store() {
      return store;
    },
    async advance(ms) {
      now += ms;
      await store.expireLeases();
    },
    async reopen(closedForMs = 0) {
      await store.close();
      now += closedForMs;
      store = await open();
    },
    async dispose() {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
