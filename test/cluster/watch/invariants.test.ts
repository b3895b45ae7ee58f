import { describeWatchInvariants } from '../../contract/cluster-watch.ts';
import { openMemory } from '../../store/support/open-stores.ts';

describeWatchInvariants(
  'the memory store',
  async () => {
    const { store, dispose } = await openMemory();
    return { stores: [store], dispose };
  },
  8,
);
