import { expect, it } from 'vitest';
import { type IdentityEvent, keepRecent } from '../../../src/identity/audit/index.ts';

const event = (at: number): IdentityEvent => ({
  action: 'sign-in',
  actor: undefined,
  subject: undefined,
  client: undefined,
  address: undefined,
  result: 'success',
  reason: undefined,
  requestId: undefined,
  at,
});

it('the last events are kept, the last first, and no more than a thousand', async () => {
  const { audit, list } = keepRecent({ record: async () => {} });
  expect(list()).toEqual([]);
  for (let at = 1; at <= 2_500; at++) await audit.record(event(at));
  const kept = list().map(({ at }) => at);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, 2_500, 1_501]);
});

it('what the trail could not keep did not happen for the page, and is the caller’s to know', async () => {
  const { audit, list } = keepRecent({ record: () => Promise.reject(new Error('full')) });
  await expect(audit.record(event(1))).rejects.toThrow('full');
  expect(list()).toEqual([]);
});
