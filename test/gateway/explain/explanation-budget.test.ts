import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExplanationBudget } from '../../../src/gateway/explain/explanation-budget.ts';

describe('the budget for explanations', () => {
  it('gives a person ten at once, then one a second', () => {
    let time = 0;
    const budget = createExplanationBudget({ now: () => time });
    const taken = () => Array.from({ length: 1_000 }, () => budget.take('jane')).filter(Boolean).length;
    expect(taken()).toBe(10);
    time += 999;
    expect(taken()).toBe(0);
    time += 1;
    expect(taken()).toBe(1);
    time += 3_600_000;
    expect(taken()).toBe(10);
  });

  it('gives all together fifty at once, then twenty-five a second', () => {
    let time = 0;
    const budget = createExplanationBudget({ now: () => time });
    const taken = () =>
      Array.from({ length: 1_000 }, (_, n) => budget.take(`user-${n}`)).filter(Boolean).length;
    expect(taken()).toBe(50);
    time += 1_000;
    expect(taken()).toBe(25);
  });

  it('takes nothing from the others for somebody whose own is used up', () => {
    const budget = createExplanationBudget({
      now: () => 0,
      perUser: { size: 1, every: 1 },
      overall: { size: 2, every: 1 },
    });
    expect(['jane', 'jane', 'jane', 'bob', 'eve'].map(budget.take)).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('is never exceeded, whoever asks whenever', () => {
    const asks = fc.array(fc.tuple(fc.nat(3), fc.nat(700)), { maxLength: 300 });
    fc.assert(
      fc.property(asks, (sequence) => {
        let time = 0;
        const budget = createExplanationBudget({
          now: () => time,
          perUser: { size: 3, every: 500 },
          overall: { size: 5, every: 200 },
        });
        const taken: { user: number; time: number }[] = [];
        for (const [user, pause] of sequence) {
          time += pause;
          if (budget.take(String(user))) taken.push({ user, time });
        }
        for (const [index, first] of taken.entries()) {
          const since = taken.slice(index).map((one) => ({ ...one, after: one.time - first.time }));
          for (const [count, { after }] of since.entries())
            expect(count + 1).toBeLessThanOrEqual(5 + after / 200 + 1);
          const own = since.filter(({ user }) => user === first.user);
          for (const [count, { after }] of own.entries())
            expect(count + 1).toBeLessThanOrEqual(3 + after / 500 + 1);
        }
      }),
    );
  });
});
