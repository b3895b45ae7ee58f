import { expect, test } from 'vitest';
import { createCodeTries } from '../../../src/identity/provider/code-tries.ts';
import type { StoredModel } from '../../../src/identity/provider/stored-model.ts';
import { createExpiring, createMemoryStore } from '../../../src/store/index.ts';

async function open() {
  const records = createExpiring<StoredModel>(createMemoryStore(), { prefix: 'oidc/', now: () => 0 });
  const key = 'AuthorizationCode/hash';
  await records.create(key, { payload: { kind: 'AuthorizationCode' } }, 60_000);
  const revision = async () => (await records.get(key))?.revision;
  return { records, key, revision };
}

test('the attempt that redeems a code costs no write of its own', async () => {
  const { records, key, revision } = await open();
  const before = await revision();
  expect(await createCodeTries(records).find(key)).toBeDefined();
  expect(await revision()).toBe(before);
});

test('a code stands five attempts, one after the other or all at once', async () => {
  for (const inOrder of [true, false]) {
    const { records, key } = await open();
    const tries = createCodeTries(records);
    const found: unknown[] = [];
    if (inOrder) for (let attempt = 0; attempt < 20; attempt++) found.push(await tries.find(key));
    else found.push(...(await Promise.all(Array.from({ length: 20 }, () => tries.find(key)))));
    expect(found.filter((record) => record !== undefined)).toHaveLength(5);
  }
});

test('of two processes the other lets one more through', async () => {
  const { records, key } = await open();
  const [one, other] = [createCodeTries(records), createCodeTries(records)];
  const found = [await one.find(key)];
  for (let attempt = 0; attempt < 20; attempt++) found.push(await other.find(key));
  for (let attempt = 0; attempt < 20; attempt++) found.push(await one.find(key));
  expect(found.filter((record) => record !== undefined)).toHaveLength(6);
});

test('a redeemed code stays to be found: its second presentation ends what came of it', async () => {
  const { records, key } = await open();
  const tries = createCodeTries(records);
  const record = await tries.find(key);
  await records.put(key, { ...record?.value, payload: {}, consumed: 1 }, 60_000);
  tries.over(key);
  for (let attempt = 0; attempt < 20; attempt++) expect(await tries.find(key)).toBeDefined();
});
