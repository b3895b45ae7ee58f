import type { Config } from '../config/index.ts';
import {
  createMemoryStore,
  measureStore,
  openEtcdStore,
  openSqliteStore,
  type Store,
} from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import { createStoreAvailability, type StoreAvailability } from './store-availability.ts';
import type { StoreMetrics } from './store-metrics.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Whether it can be away; undefined for one in this process. */
  readonly availability: Pick<StoreAvailability, 'isAway'> | undefined;
}

/**
 * The storage that the configuration asks for.
 * @throws StoreOpenError (as a rejection)
 */
export async function openStore(
  config: Config,
  metrics: StoreMetrics | undefined,
  log: Log,
): Promise<OpenedStore> {
  const opened = await open(config, log);
  const isOutside = config.storage.type === 'etcd';
  const availability: StoreAvailability | undefined = isOutside
    ? createStoreAvailability({ probe: () => store.revision() })
    : undefined;
  const store: Store =
    metrics === undefined && availability === undefined
      ? opened
      : measureStore(opened, {
          now: () => performance.now(),
          observe(operation, ms, failure) {
            metrics?.observe(operation, ms);
            availability?.observe(failure);
          },
        });
  return { store, availability };
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
