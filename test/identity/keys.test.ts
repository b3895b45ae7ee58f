import { describe, expect, it } from 'vitest';
import { openKeys } from '../../src/identity/keys/keys.ts';
import { createMemoryStore } from '../../src/store/index.ts';

describe('keys', () => {
  it('are the same for processes that start at once, and after a restart', async () => {
    const store = createMemoryStore();
    const [first, second] = await Promise.all([openKeys(store), openKeys(store)]);
    expect(second).toEqual(first);
    expect(await openKeys(store)).toEqual(first);
  });

  it('S-081: are RSA with 2048 bits; what is published has no private member', async () => {
    const keys = await openKeys(createMemoryStore());
    expect(Buffer.from(keys.published[0]?.n ?? '', 'base64url')).toHaveLength(256);
    expect(Object.keys(keys.published[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(keys.cookies[0]?.length).toBeGreaterThanOrEqual(43);
  });
});
