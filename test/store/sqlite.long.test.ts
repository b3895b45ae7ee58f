import { describeExpiringContract } from '../contract/expiring.ts';
import { describeLeaderElectionContract } from '../contract/leader-election.ts';
import { describeStoreContract } from '../contract/store.ts';
import { describeWorkQueueContract } from '../contract/work-queue.ts';
import { openSqlite } from './support/open-stores.ts';

describeStoreContract('the SQLite store', openSqlite, { durable: true, inProcess: true });
describeWorkQueueContract('the SQLite store', openSqlite, { inProcess: true });
describeLeaderElectionContract('the SQLite store', openSqlite, 25);
describeExpiringContract('the SQLite store', openSqlite, 5);
