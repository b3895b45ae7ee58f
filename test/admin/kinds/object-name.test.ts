import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf, nameOf } from '../../../src/admin/kinds/object-name.ts';
import { pathSegmentNameErrors } from '../../../src/kube/index.ts';

describe('the name of an object', () => {
  it('can stand in a path and leads back to the id, whatever that is', () => {
    const odd = fc.constantFrom('a/b', '..', '%2e', 'encoded-', 'encoded-YS9i', 'encoded-encoded-YS9i', '/');
    const ids = fc.oneof(
      odd,
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((id) => id.isWellFormed()),
    );
    fc.assert(
      fc.property(ids, (id) => {
        const name = nameOf(id);
        expect(pathSegmentNameErrors(name)).toEqual([]);
        expect(nameOf(idOf(name))).toBe(name);
        if (!id.startsWith('encoded-')) expect(idOf(name)).toBe(id);
      }),
    );
  });

  it('is the id where that can stand in a path', () => {
    expect(nameOf('7c9d2f31-5a0e-4f0b-8d7c-1f6d3a2b9e44')).toBe('7c9d2f31-5a0e-4f0b-8d7c-1f6d3a2b9e44');
    expect(idOf(nameOf('https://app.example.com'))).toBe('https://app.example.com');
  });
});
