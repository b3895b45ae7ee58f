import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkClaim, WorkQueue } from '../../../src/store/index.ts';
import type { OpenStore } from '../store.ts';
import { openQueueUnderTest, type QueueUnderTest, RETRY, TTL } from './queue-under-test.ts';

type Step =
  | { readonly type: 'add'; readonly worker: number; readonly count: number }
  | { readonly type: 'claim'; readonly worker: number; readonly limit: number }
  | { readonly type: 'done' | 'retry'; readonly claim: number; readonly items: readonly number[] }
  | { readonly type: 'keepAlive' | 'end'; readonly claim: number }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'crash' };

const worker = fc.nat({ max: 1 });
const claim = fc.nat({ max: 5 });
const items = fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('add' as const),
      worker,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('claim' as const),
      worker,
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constantFrom('done' as const, 'retry' as const), claim, items }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('keepAlive' as const, 'end' as const), claim }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 500, 1000, TTL - 1, TTL),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'crash' as const }) },
);

interface ModelItem {
  readonly value: string;
  attempts: number;
  notBefore: number;
  /** Whose it is; the claim may have ended. */
  holder: ModelClaim | undefined;
  gone: boolean;
}

interface ModelClaim {
  readonly real: WorkClaim;
  readonly items: readonly ModelItem[];
  deadline: number;
  ended: boolean;
  /** Nobody can use it any more: its process has died. */
  readonly epoch: number;
}

/** The plainest queue there is: a list of items, each with its holder. */
class Model {
  readonly items: ModelItem[] = [];
  readonly claims: ModelClaim[] = [];
  epoch = 0;

  alive(held: ModelClaim, now: number): boolean {
    return !held.ended && now < held.deadline;
  }

  claimable(limit: number, now: number): ModelItem[] {
    return this.items
      .filter(({ gone, holder, notBefore }) => {
        return !gone && notBefore <= now && (holder === undefined || !this.alive(holder, now));
      })
      .slice(0, limit);
  }
}

export function describeModel(open: OpenStore, numRuns: number): void {
  describe('against a model', () => {
    it('loses nothing and gives nothing to two, whatever dies in between', { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => runSteps(open, steps)),
        { numRuns },
      );
    });
  });
}

async function runSteps(open: OpenStore, steps: readonly Step[]): Promise<void> {
  const subject = await openQueueUnderTest(open);
  const model = new Model();
  let workers = [await subject.worker(), await subject.worker()];
  for (const next of steps) {
    if (next.type === 'crash') {
      await subject.crash();
      model.epoch += 1;
      workers = [await subject.worker(), await subject.worker()];
    } else {
      await runStep(subject, model, workers, next);
    }
    const there = model.items.filter(({ gone }) => !gone).length;
    for (const queue of workers) expect(queue.size().items).toBe(there);
  }
  // In the end everything that was not done can be had, once.
  await subject.advance(RETRY.mostMs);
  const rest = await workers[0]?.claim(999, TTL);
  expect(rest?.items.map(({ value }) => value)).toEqual(
    model.items.filter(({ gone }) => !gone).map(({ value }) => value),
  );
  await subject.dispose();
}

async function runStep(
  subject: QueueUnderTest,
  model: Model,
  workers: readonly WorkQueue[],
  next: Exclude<Step, { type: 'crash' }>,
): Promise<void> {
  const now = subject.now();
  const held = 'claim' in next ? model.claims[next.claim] : undefined;
  if ('claim' in next && (held === undefined || held.epoch !== model.epoch)) return;
  switch (next.type) {
    case 'advance':
      await subject.advance(next.ms);
      return;
    case 'add': {
      // Of two workers' items of one millisecond the order is not promised.
      await subject.advance(1);
      const added = Array.from({ length: next.count }, (_, n) => `item ${model.items.length + n}`);
      await workers[next.worker]?.add(added);
      model.items.push(
        ...added.map((value) => ({ value, attempts: 0, notBefore: 0, holder: undefined, gone: false })),
      );
      return;
    }
    case 'claim': {
      const expected = model.claimable(next.limit, now);
      const real = await workers[next.worker]?.claim(next.limit, TTL);
      for (const item of expected) item.attempts += 1;
      expect(real?.items.map(({ value, attempts }) => ({ value, attempts }))).toEqual(
        expected.map(({ value, attempts }) => ({ value, attempts })),
      );
      if (real === undefined || expected.length === 0) return;
      const made = { real, items: expected, deadline: now + TTL, ended: false, epoch: model.epoch };
      for (const item of expected) Object.assign(item, { holder: made, notBefore: 0 });
      model.claims.push(made);
      return;
    }
    case 'keepAlive': {
      const alive = model.alive(held!, now);
      expect(await held!.real.keepAlive()).toBe(alive);
      if (alive) held!.deadline = now + TTL;
      return;
    }
    case 'end':
      await held!.real.end();
      held!.ended = true;
      return;
    case 'done': {
      const chosen = next.items.filter((at) => at < held!.items.length);
      await held!.real.done(chosen.map((at) => held!.real.items[at]!));
      for (const at of chosen) held!.items[at]!.gone = true;
      return;
    }
    case 'retry': {
      const chosen = next.items.filter((at) => at < held!.items.length);
      await held!.real.retry(chosen.map((at) => held!.real.items[at]!));
      for (const item of chosen.map((at) => held!.items[at]!)) {
        if (item.gone || item.holder !== held || !model.alive(held!, now)) continue;
        const wait = Math.min(RETRY.mostMs, RETRY.firstMs * 2 ** (item.attempts - 1)) / 2;
        Object.assign(item, { holder: undefined, notBefore: now + wait });
      }
      return;
    }
  }
}
