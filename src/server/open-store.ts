import type { Config } from '../config/index.ts';
import {
  createMemoryStore,
  measureStore,
  openEtcdStore,
  openSqliteStore,
  type Store,
} from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { StoreMetrics } from './store-metrics.ts';

/**
 * The storage that the configuration asks for.
 * @throws StoreOpenError (as a rejection)
 */
export async function openStore(config: Config, metrics: StoreMetrics | undefined, log: Log): Promise<Store> {
  const store = await open(config, log);
  if (metrics === undefined) return store;
  return measureStore(store, { now: () => performance.now(), observe: metrics.observe });
}

async function open({ storage }: Config, log: Log): Promise<Store> {
  switch (storage.type) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite3': {
      const onError = (error: unknown) => log.error({ err: error }, 'storage failed');
      return openSqliteStore({ file: storage.file, synchronous: storage.synchronous, onError });
    }
    case 'etcd': {
      const onError = (error: unknown) =>
        log.error({ err: error }, 'etcd was lost; it is asked again and again');
      return openEtcdStore({ ...storage, onError });
    }
  }
}
