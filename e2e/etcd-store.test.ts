import { afterAll, beforeAll, inject } from 'vitest';
import { describeWatchInvariants } from '../test/contract/cluster-watch.ts';
import { describeConversion } from '../test/contract/conversion.ts';
import { describeExpiringContract } from '../test/contract/expiring.ts';
import { describeLeaderElectionContract } from '../test/contract/leader-election.ts';
import { describeSingleUse } from '../test/contract/single-use.ts';
import { describeStoreContract } from '../test/contract/store.ts';
import { describeWorkQueueContract } from '../test/contract/work-queue.ts';
import { type Etcd, startEtcd } from './support/etcd.ts';
import { replicasIn, storesIn } from './support/open-etcd-store.ts';

let etcd: Etcd;
beforeAll(async () => {
  etcd = await startEtcd(inject('etcd'));
});
afterAll(() => etcd?.stop());

const open = storesIn(() => etcd);

// It waits for what it writes to be told here, as stores inside the process do.
describeStoreContract('the etcd store', open, { durable: true, inProcess: true, modelRuns: 12 });
describeWorkQueueContract('the etcd store', open, { inProcess: false, modelRuns: 8 });
describeLeaderElectionContract('the etcd store', open, 8);
describeExpiringContract('the etcd store', open, 4);
describeConversion('the etcd store', open);
describeWatchInvariants(
  'etcd, by two processes',
  replicasIn(() => etcd),
  6,
);
describeSingleUse(
  'etcd, by two processes',
  replicasIn(() => etcd),
);
