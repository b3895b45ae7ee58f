import { expect, it } from 'vitest';
import type { StoredModel } from '../../../src/identity/provider/stored-model.ts';
import { createUsedOnce } from '../../../src/identity/provider/used-once.ts';
import { createExpiring, createMemoryStore } from '../../../src/store/index.ts';

const start = Date.parse('2030-01-01T00:00:00Z');

/** Two replicas on one store, with a clock to move. */
function openTwo() {
  const store = createMemoryStore();
  const clock = { now: start };
  const replica = () =>
    createUsedOnce(createExpiring<StoredModel>(store, { prefix: 'identity/oidc/', now: () => clock.now }));
  return { store, clock, replicas: [replica(), replica()] as const };
}

it('S-053: of 50 assertions with one jti, on two replicas, exactly one is the first', async () => {
  const { replicas } = openTwo();
  const exp = start / 1000 + 60;
  const uses = Array.from({ length: 50 }, (_, index) => replicas[index % 2 === 0 ? 0 : 1]('web', 'one', exp));
  expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(1);
});

it('keeps issuers apart, and two that read alike put together', async () => {
  const { replicas } = openTwo();
  const [first] = replicas;
  const exp = start / 1000 + 60;
  expect(await first('a', 'bc', exp)).toBe(true);
  expect(await first('ab', 'c', exp)).toBe(true);
  expect(await first('a', 'bc', exp)).toBe(false);
});

it('forgets when nothing else would take it any more, and keeps no jti in clear', async () => {
  const { store, clock, replicas } = openTwo();
  const [first] = replicas;
  expect(await first('web', 'the-jti', start / 1000 + 60)).toBe(true);
  expect(JSON.stringify(await store.list(''))).not.toContain('the-jti');
  clock.now = start + 59_000;
  expect(await first('web', 'the-jti', start / 1000 + 60)).toBe(false);
  clock.now = start + 61_000;
  expect(await first('web', 'the-jti', start / 1000 + 120)).toBe(true);
});
