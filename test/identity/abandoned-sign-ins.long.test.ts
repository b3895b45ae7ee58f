import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import {
  createMemoryStore,
  type Entry,
  type Store,
  startHousekeeping,
  type Write,
} from '../../src/store/index.ts';
import { openDoor } from './support/door.ts';
import { loginPage } from './support/login-page.ts';

const wanted = 100_000;
const real = 10;
const batchSize = 100;
const lifetime = 15 * 60_000;

/** What is in the store beside keys and accounts, in pieces. */
async function* leftovers(store: Store) {
  let after: string | undefined;
  do {
    const { entries } = await store.list('identity/', {
      limit: 1000,
      ...(after === undefined ? {} : { after }),
    });
    for (const entry of entries)
      if (!/^identity\/(?:keys|users|logins|groups|statics|static-holders)\//.test(entry.key)) yield entry;
    after = entries.at(-1)?.key;
  } while (after !== undefined);
}

/** As many more as are wanted of what the sign-ins have left, under other hashes. */
async function multiply(store: Store): Promise<number> {
  const models: Entry[] = [];
  for await (const entry of leftovers(store)) models.push(entry);
  const other = (key: string) =>
    key.replace(/[^/]*$/, ({ length }) => randomBytes(length).toString('base64url').slice(0, length));
  const copies = wanted / real - 1;
  const together = 100;
  for (let made = 0; made < copies; made += together) {
    const some = Array.from({ length: Math.min(together, copies - made) }, () =>
      models.map(({ key, value }): Write => ({ type: 'put', key: other(key), value })),
    );
    await store.txn([], some.flat());
  }
  return models.length * (wanted / real);
}

it('T18: 100 000 sign-ins that nobody ends leave nothing behind after their lifetime', async () => {
  let now = Date.now();
  const store = createMemoryStore();
  const touched: number[] = [];
  const door = await openDoor({ store, now: () => now, signer: { algorithm: 'ES256' } });
  onTestFinished(() => door.close());
  for (let sign = 0; sign < real; sign++) expect((await loginPage(door)).page.status).toBe(200);
  const records = await multiply(store);
  // Of each one at least what is asked of whom, and the session that its form is bound to.
  expect(records).toBeGreaterThanOrEqual(2 * wanted);

  now += lifetime + 60_000;
  let collected = 0;
  const housekeeping = startHousekeeping({
    store,
    expiring: door.identity.expiring,
    now: () => now,
    onCollected(count) {
      collected += count;
      touched.push(count);
    },
    onError: (error) => expect.unreachable(String(error)),
    batchSize,
  });
  onTestFinished(() => housekeeping.close());
  let rounds = 0;
  do {
    await housekeeping.run();
    rounds += 1;
    // Between two batches others have their turn: the sign-in of a person, for one.
    if (rounds % 5 === 0) expect((await loginPage(door)).page.status).toBe(200);
  } while (collected < records && rounds < 100);
  expect(collected).toBe(records);
  expect(Math.max(...touched)).toBeLessThanOrEqual(batchSize);
  now += lifetime + 60_000;
  await housekeeping.run();
  await housekeeping.run();
  const left = [];
  for await (const { key } of leftovers(store)) left.push(key);
  expect(left).toEqual([]);
});
