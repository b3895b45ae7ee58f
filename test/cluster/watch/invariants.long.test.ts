import { describeWatchInvariants } from '../../contract/cluster-watch.ts';
import { openMemory, openSqlite } from '../../store/support/open-stores.ts';

for (const [name, open, runs] of [
  ['the memory store, at length', openMemory, 60],
  ['the SQLite store', openSqlite, 15],
] as const)
  describeWatchInvariants(
    name,
    async () => {
      const { store, dispose } = await open();
      return { stores: [store], dispose };
    },
    runs,
  );
