import { describeLeaderElectionContract } from '../contract/leader-election.ts';
import { describeStoreContract } from '../contract/store.ts';
import { describeWorkQueueContract } from '../contract/work-queue.ts';
import { openMemory } from './support/open-stores.ts';

describeStoreContract('the memory store', openMemory, { durable: false, inProcess: true, modelRuns: 300 });
describeWorkQueueContract('the memory store', openMemory, { inProcess: true, modelRuns: 200 });
describeLeaderElectionContract('the memory store', openMemory, 150);
