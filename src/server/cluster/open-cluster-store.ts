import type { StoreChoice } from '../../cli/index.ts';
import { createMemoryStore, openEtcdStore, openSqliteStore, type Store } from '../../store/index.ts';

/** What a gateway's `storage.config.namespace` is by default, so that a cluster's own etcd need not be empty. */
const NAMESPACE = 'sallyport/';

/** @throws StoreOpenError when it cannot be used */
export async function openClusterStore(
  choice: StoreChoice,
  onError: (error: unknown) => void,
): Promise<Store> {
  switch (choice.type) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite':
      return openSqliteStore({ file: choice.file, onError });
    case 'etcd':
      return openEtcdStore({ endpoints: choice.endpoints, namespace: NAMESPACE, onError });
  }
}
