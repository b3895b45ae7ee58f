import { expect, test } from 'vitest';
import { createLookedUp } from '../../../src/identity/provider/looked-up.ts';

const record = (revision: number) => ({ value: { payload: {} }, expiresAt: 1, revision });

test('what was looked up is given away once', () => {
  const lookedUp = createLookedUp();
  lookedUp.keep('a', record(1));
  lookedUp.keep('a', record(2));
  expect(lookedUp.take('a')?.revision).toBe(2);
  expect(lookedUp.take('a')).toBeUndefined();
});

test('what nobody redeems does not gather', () => {
  const lookedUp = createLookedUp();
  const keys = Array.from({ length: 2500 }, (_, index) => `k${index}`);
  for (const key of keys) lookedUp.keep(key, record(1));
  expect(keys.filter((key) => lookedUp.take(key) !== undefined).length).toBeLessThanOrEqual(1000);
});
