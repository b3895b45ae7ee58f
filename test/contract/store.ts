import { afterEach, beforeEach, describe } from 'vitest';
import { describeHistory } from './store/history.ts';
import { describeHostileText } from './store/hostile-text.ts';
import { describeLeases } from './store/leases.ts';
import { describeModel } from './store/model.ts';
import { describePersistence } from './store/persistence.ts';
import { describeReads } from './store/reads.ts';
import type { OpenStore, StoreUnderTest } from './store/store-under-test.ts';
import { describeTransactions } from './store/transactions.ts';
import { describeWatches } from './store/watches.ts';

export type { OpenStore, StoreUnderTest } from './store/store-under-test.ts';

export interface StoreContractOptions {
  /** The store keeps its data when reopened: open() gives stores with a reopen. */
  readonly durable: boolean;
  /** The store lives in this process: it delivers events before txn resolves. */
  readonly inProcess: boolean;
  /** Random runs against the model. */
  readonly modelRuns?: number;
}

/**
 * What every store keeps to.
 * @param open gives an empty, isolated store each time
 */
export function describeStoreContract(name: string, open: OpenStore, options: StoreContractOptions): void {
  describe(`${name} keeps the store contract`, () => {
    let opened: StoreUnderTest[] = [];
    let current: StoreUnderTest | undefined;
    const tracked: OpenStore = async () => {
      const subject = await open();
      opened.push(subject);
      return subject;
    };
    beforeEach(async () => {
      current = await tracked();
    });
    afterEach(async () => {
      await Promise.all(opened.map((subject) => subject.dispose()));
      opened = [];
    });
    const subject = () => current!;

    describeReads(subject);
    describeTransactions(subject);
    describeWatches(subject, options.inProcess);
    describeLeases(subject);
    describeHistory(subject);
    describeHostileText(subject);
    if (options.durable) describePersistence(subject);
    describeModel(tracked, options.modelRuns ?? 60);
  });
}
