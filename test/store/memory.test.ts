import { createMemoryStore } from '../../src/store/index.ts';
import { describeStoreContract } from '../contract/store.ts';

describeStoreContract(
  'the memory store',
  async () => {
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
  },
  { durable: false, inProcess: true, modelRuns: 300 },
);
