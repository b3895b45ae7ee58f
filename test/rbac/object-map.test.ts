import { describe, expect, it } from 'vitest';
import { createObjectMap } from '../../src/rbac/object-map.ts';

describe('a map by kind, namespace and name', () => {
  it('holds one value a key, whatever characters are in it', () => {
    const map = createObjectMap<number>();
    map.set('Role', 'a', 'b/c', 1);
    map.set('Role', 'a/b', 'c', 2);
    map.set('ClusterRole', '', '__proto__', 3);
    map.set('Role', 'a', 'b/c', 4);
    expect(map.get('Role', 'a', 'b/c')).toBe(4);
    expect(map.get('Role', 'a/b', 'c')).toBe(2);
    expect(map.get('Role', '', '__proto__')).toBeUndefined();
    expect([...map.values()]).toEqual([4, 2, 3]);
    map.delete('Role', 'a', 'b/c');
    map.delete('Role', 'a', 'never there');
    expect(map.get('Role', 'a', 'b/c')).toBeUndefined();
    expect([...map.values()]).toEqual([2, 3]);
  });
});
