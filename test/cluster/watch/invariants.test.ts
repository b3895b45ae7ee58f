import { describeWatchInvariants } from '../../contract/cluster-watch.ts';
import type { StoreUnderTest } from '../../contract/store.ts';
import { openMemory, openSqlite } from '../../store/support/open-stores.ts';

const alone = (open: () => Promise<StoreUnderTest>) => async () => {
  const { store, dispose } = await open();
  return { stores: [store], dispose };
};

describeWatchInvariants('the memory store', alone(openMemory), 8);
describeWatchInvariants('the SQLite store', alone(openSqlite), 3);
