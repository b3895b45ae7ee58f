import { describe, expect, it } from 'vitest';
import { createModeMemory } from '../../../src/gateway/impersonate/mode-memory.ts';
import { createSuccessCache, successKey } from '../../../src/gateway/impersonate/success-cache.ts';
import { bob } from './impersonation-with.ts';

describe('the memory of impersonations', () => {
  it('forgets the oldest answers beyond its capacity', () => {
    const keys = ['a', 'b', 'c'].map((name) => successKey([name.repeat(40)]));
    const cache = createSuccessCache(() => 0, 2 * (keys[0]?.size ?? 0));
    for (const key of keys) cache.set(key, cache.fresh(bob));
    expect(keys.map((key) => cache.get(key)?.user)).toEqual([undefined, bob, bob]);
  });

  it('counts an answer given again once', () => {
    const key = successKey(['a']);
    const cache = createSuccessCache(() => 0, key.size);
    for (let turn = 0; turn < 3; turn++) cache.set(key, cache.fresh(bob));
    expect(cache.get(key)?.user).toBe(bob);
  });

  it('does not keep what is larger than all of it', () => {
    const key = successKey(['a'.repeat(100)]);
    const cache = createSuccessCache(() => 0, 50);
    cache.set(key, cache.fresh(bob));
    expect(cache.get(key)).toBeUndefined();
  });

  it('forgets the caller that impersonated longest ago', () => {
    const memory = createModeMemory(2);
    memory.set('a', 1);
    memory.set('b', 2);
    memory.get('a');
    memory.set('c', 3);
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([1, undefined, 3]);
  });
});
