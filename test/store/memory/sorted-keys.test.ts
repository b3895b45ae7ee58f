import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../../src/store/key-order.ts';
import { createSortedKeys } from '../../../src/store/memory/sorted-keys.ts';

test('keys are in order, whatever comes and goes', () => {
  const key = fc.integer({ min: 0, max: 3_000 }).map((number) => `k${number}`);
  const change = fc.record({ add: fc.boolean(), key });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3_000, size: 'max' }), key, (changes, start) => {
      const [keys, model] = [createSortedKeys(), new Set<string>()];
      for (const { add, key: one } of changes) {
        if (add) keys.add(one);
        else keys.delete(one);
        if (add) model.add(one);
        else model.delete(one);
      }
      const ordered = [...model].sort(compareKeys);
      const after = ordered.filter((one) => compareKeys(one, start) >= 0);
      expect(keys.size).toBe(ordered.length);
      expect([...keys.from('')]).toEqual(ordered);
      expect([...keys.from(start)]).toEqual(after);
      expect(keys.rank(start)).toBe(ordered.length - after.length);
    }),
    { numRuns: 60 },
  );
});

test('many keys stay in order when runs are split and emptied', () => {
  const keys = createSortedKeys();
  const all = Array.from({ length: 5_000 }, (_, index) => String(index * 7_919).padStart(9, '0'));
  for (const key of all) keys.add(key);
  for (const key of all) keys.add(key);
  expect([...keys.from('')]).toEqual([...all].sort());
  for (const key of all.slice(0, 4_990)) keys.delete(key);
  expect([...keys.from('')]).toEqual(all.slice(4_990).sort());
  expect(keys.rank('~')).toBe(10);
});
