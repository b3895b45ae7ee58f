import { describe, expect, it } from 'vitest';
import { publishedFor } from '../../../src/identity/keys/key-times.ts';
import { openKeys } from '../../../src/identity/keys/keys.ts';
import { createStaticKeySource } from '../../../src/jwt/index.ts';
import { createMemoryStore, createSealer } from '../../../src/store/index.ts';

const HOUR = 60 * 60_000;

describe('the keys of the issuer in this process', () => {
  it('are taken over at the next request: a published one, and the end of a revoked one', async () => {
    let now = Date.UTC(2030, 0, 1);
    const note = () => {};
    const store = createMemoryStore();
    const keys = await openKeys({
      store,
      sealer: createSealer(undefined),
      leader: { isLeader: () => true },
      algorithm: 'ES256',
      rotationPeriod: HOUR,
      longest: () => ({ tokens: HOUR, cookies: HOUR }),
      audit: { record: async () => {} },
      now: () => now,
      log: { info: note, warn: note, error: note },
      endAll: async () => {},
    });
    const source = createStaticKeySource(keys.keySet);
    const kids = () => keys.list().map(({ kid }) => kid);
    const [first = ''] = kids();
    expect(await source.keysFor(first)).toHaveLength(1);
    now += HOUR - publishedFor;
    await keys.look();
    const [, second = ''] = kids();
    expect(await source.keysFor(second)).toHaveLength(1);
    const before = source.generation();
    expect(source.generation()).toBe(before);
    const kid = await keys.rotate({ revoke: true });
    expect(await source.keysFor(first)).toEqual([]);
    expect(await source.keysFor(second)).toEqual([]);
    expect(await source.keysFor(kid)).toHaveLength(1);
    // What was verified by the old keys is forgotten with them.
    expect(source.generation()).toBeGreaterThan(before);
    await keys.close();
    await store.close();
  });
});
