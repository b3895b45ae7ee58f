import type { Store } from '../store.ts';
import type { EtcdStoreOptions } from './open-etcd-store.ts';

export type { EtcdStoreOptions };

/** See open-etcd-store.ts, which is read when it is asked for: no other store waits for its HTTP client. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const etcd = await import('./open-etcd-store.ts');
  return etcd.openEtcdStore(options);
}
