import { expect } from 'vitest';
import {
  openWorkQueue,
  type WorkClaim,
  type WorkQueue,
  type WorkQueueDeps,
} from '../../../src/store/index.ts';
import type { OpenStore, StoreUnderTest } from '../store.ts';

export const TTL = 10_000;
/** Waits after the first, second, … attempt with the least jitter: half of a second, doubling to half a minute. */
export const RETRY = { firstMs: 1000, mostMs: 60_000 };

export interface QueueUnderTest {
  readonly subject: StoreUnderTest;
  /** Another worker's view of the same queue, as another process has it. */
  worker(deps?: Partial<WorkQueueDeps>): Promise<WorkQueue>;
  /** Time of the queues, in milliseconds; that of the store goes with it. */
  now(): number;
  advance(ms: number): Promise<void>;
  /** All workers die where they are; the store is opened anew when it can be. */
  crash(): Promise<void>;
  /** Calls what is due on the queues' clock, as advance does. */
  readonly errors: unknown[];
  dispose(): Promise<void>;
}

export type Subject = () => QueueUnderTest;

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

export async function openQueueUnderTest(open: OpenStore): Promise<QueueUnderTest> {
  const subject = await open();
  let now = 1000;
  let workers: WorkQueue[] = [];
  const errors: unknown[] = [];
  const alarms = new Set<Alarm>();
  const ring = () => {
    for (const alarm of [...alarms]) {
      if (alarm.at > now || !alarms.delete(alarm)) continue;
      alarm.callback();
    }
  };
  return {
    subject,
    errors,
    now: () => now,
    async worker(deps = {}) {
      const queue = await openWorkQueue(subject.store, {
        prefix: 'q/',
        now: () => now,
        random: () => 0,
        retry: RETRY,
        onError: (error) => errors.push(error),
        schedule(ms, callback) {
          const alarm = { at: now + ms, callback };
          alarms.add(alarm);
          return () => void alarms.delete(alarm);
        },
        ...deps,
      });
      workers.push(queue);
      return queue;
    },
    async advance(ms) {
      now += ms;
      await subject.advance(ms);
      ring();
    },
    async crash() {
      for (const worker of workers) worker.close();
      workers = [];
      alarms.clear();
      await subject.reopen?.();
    },
    async dispose() {
      for (const worker of workers) worker.close();
      await subject.dispose();
      expect(errors).toEqual([]);
    },
  };
}

export function values({ items }: Pick<WorkClaim, 'items'>): string[] {
  return items.map(({ value }) => value);
}
