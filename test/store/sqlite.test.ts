import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/index.ts';
import { describeStoreContract, type StoreUnderTest } from '../contract/store.ts';

async function openInNewDirectory(): Promise<StoreUnderTest> {
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

describeStoreContract('the SQLite store', openInNewDirectory, { durable: true, inProcess: true });
