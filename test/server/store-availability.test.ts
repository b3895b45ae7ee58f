import { expect, it } from 'vitest';
import { createStoreAvailability } from '../../src/server/store-availability.ts';
import { StoreUnavailableError } from '../../src/store/index.ts';

it('R-017 a storage is away from the first operation that is not answered until one is, asked for or not', async () => {
  let answers = false;
  let asked = 0;
  const availability = createStoreAvailability({
    probeMs: 1,
    async probe() {
      asked += 1;
      availability.observe(answers ? undefined : new StoreUnavailableError('away'));
    },
  });
  availability.observe(undefined);
  availability.observe(new Error('the caller is wrong'));
  expect([availability.isAway(), asked]).toEqual([false, 0]);
  availability.observe(new StoreUnavailableError('away'));
  availability.observe(new StoreUnavailableError('away'));
  expect(availability.isAway()).toBe(true);
  await expect.poll(() => asked).toBeGreaterThan(3);
  expect(availability.isAway()).toBe(true);
  answers = true;
  await expect.poll(() => availability.isAway()).toBe(false);
});
