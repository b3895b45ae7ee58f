import { afterEach, beforeEach, describe } from 'vitest';
import type { OpenStore } from './store.ts';
import { describeBounds } from './work-queue/bounds.ts';
import { describeClaims } from './work-queue/claims.ts';
import { describeDeadLetters } from './work-queue/dead-letters.ts';
import { describeModel } from './work-queue/model.ts';
import { openQueueUnderTest, type QueueUnderTest } from './work-queue/queue-under-test.ts';
import { describeWaiting } from './work-queue/waiting.ts';

export interface WorkQueueContractOptions {
  /** The store lives in this process: what is added is there when `add` returns. */
  readonly inProcess: boolean;
  /** Random runs against the model. */
  readonly modelRuns?: number;
}

/**
 * What a work queue keeps to on every store.
 * @param open gives an empty, isolated store each time
 */
export function describeWorkQueueContract(
  name: string,
  open: OpenStore,
  { inProcess, modelRuns = 40 }: WorkQueueContractOptions,
): void {
  describe(`a work queue on ${name}`, () => {
    let current: QueueUnderTest | undefined;
    beforeEach(async () => {
      current = await openQueueUnderTest(open);
    });
    afterEach(() => current?.dispose());
    const subject = () => current!;

    describeClaims(subject, inProcess);
    describeWaiting(subject);
    describeBounds(subject);
    describeDeadLetters(subject);
    describeModel(open, modelRuns);
  });
}
