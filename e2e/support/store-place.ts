import { openEtcdStore, openSqliteStore, type Store } from '../../src/store/index.ts';

/** Where a store is: what one process can tell another. */
export type StorePlace =
  | { readonly type: 'sqlite'; readonly file: string; readonly synchronous: 'full' | 'normal' }
  | { readonly type: 'etcd'; readonly endpoints: readonly [string, ...string[]] };

export function openStore(place: StorePlace): Promise<Store> {
  const onError = () => {};
  return place.type === 'sqlite'
    ? openSqliteStore({ ...place, onError })
    : openEtcdStore({ endpoints: place.endpoints, namespace: 'killed/', onError });
}
