import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Memory } from '../../../../src/cluster/controllers/autoscaler/memory.ts';
import { stabilize } from '../../../../src/cluster/controllers/autoscaler/stabilize.ts';

const now = 10_000_000;
const fresh: Memory = { look: undefined, recommendations: [], scaleUps: [], scaleDowns: [] };
const wanted = { current: 10, desired: 40, min: 1, max: 100, now };
const ago = (seconds: number, replicas: number) => ({ at: now - seconds * 1000, replicas });

const rules = (more: object = {}) => ({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  ...more,
});
const behavior = (scaleUp: object, scaleDown: object = {}) => ({
  scaleUp: rules(scaleUp),
  scaleDown: rules(scaleDown),
});
const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds });
const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds });

describe('how quickly an autoscaler goes', () => {
  it('is twice as many at once, unless it says otherwise', () => {
    expect(stabilize(undefined, fresh, wanted).replicas).toBe(20);
    expect(stabilize(undefined, fresh, { ...wanted, current: 1 }).replicas).toBe(4);
    expect(stabilize(behavior({}), fresh, wanted).replicas).toBe(20);
  });

  it.each([
    ['the policy that changes most', { policies: [pods(4), percent(10)] }, 14],
    ['the policy that changes least', { policies: [pods(4), percent(10)], selectPolicy: 'Min' }, 11],
    ['not at all', { selectPolicy: 'Disabled' }, 10],
    ['what is left of its period', { policies: [pods(4)] }, 11],
  ])('upwards is %s', (name, scaleUp, replicas) => {
    const memory =
      name === 'what is left of its period' ? { ...fresh, scaleUps: [ago(30, 3), ago(90, 5)] } : fresh;
    expect(stabilize(behavior(scaleUp), memory, wanted).replicas).toBe(replicas);
  });

  it.each([
    ['the policy that changes most', { policies: [pods(4), percent(10)] }, 6],
    ['the policy that changes least', { policies: [pods(4), percent(10)], selectPolicy: 'Min' }, 9],
    ['not at all', { selectPolicy: 'Disabled' }, 10],
  ])('downwards is %s', (_name, scaleDown, replicas) => {
    const result = stabilize(behavior({}, scaleDown), fresh, { ...wanted, desired: 1 });
    expect(result.replicas).toBe(replicas);
  });

  it('is what the windows let it be', () => {
    const memory = { ...fresh, recommendations: [ago(200, 12), ago(20, 15), ago(400, 99)] };
    expect(stabilize(behavior({ stabilizationWindowSeconds: 60 }), memory, wanted).replicas).toBe(15);
    expect(stabilize(behavior({}), memory, { ...wanted, current: 16, desired: 2 }).replicas).toBe(15);
    expect(stabilize(undefined, memory, { ...wanted, current: 16, desired: 2 }).replicas).toBe(15);
  });

  it('never leaves the bounds, nor goes the other way', () => {
    const count = fc.integer({ min: 1, max: 50 });
    const anyRules = fc.record({
      selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'),
      policies: fc.array(
        fc.record({
          type: fc.constantFrom('Pods', 'Percent'),
          value: fc.integer({ min: 1, max: 200 }),
          periodSeconds: fc.integer({ min: 1, max: 1800 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      stabilizationWindowSeconds: fc.integer({ min: 0, max: 3600 }),
    });
    const past = fc.array(fc.record({ at: fc.integer({ min: now - 4_000_000, max: now }), replicas: count }));
    const memories = fc.record({ recommendations: past, scaleUps: past, scaleDowns: past });
    fc.assert(
      fc.property(
        fc.option(fc.record({ scaleUp: anyRules, scaleDown: anyRules }), { nil: undefined }),
        memories,
        count,
        count,
        fc.tuple(count, count),
        (given, memory, current, desired, bounds) => {
          const [min = 1, max = 50] = bounds.toSorted((a, b) => a - b);
          fc.pre(current >= min && current <= max);
          const { replicas } = stabilize(
            given,
            { look: undefined, ...memory },
            { current, desired, min, max, now },
          );
          expect(replicas).toBeGreaterThanOrEqual(min);
          expect(replicas).toBeLessThanOrEqual(max);
          if (given === undefined) return;
          if (desired >= current) expect(replicas).toBeGreaterThanOrEqual(current);
          if (desired <= current) expect(replicas).toBeLessThanOrEqual(current);
        },
      ),
    );
  });
});
