import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys, keyRange, prefixEnd } from '../../src/store/key-order.ts';
import { anyText } from '../support/any-text.ts';

const text = anyText({ maxLength: 4 });
const bytes = (left: string, right: string) =>
  Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)));

describe('the order of keys', () => {
  it('is the order of UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareKeys(left, right))).toBe(bytes(left, right));
      }),
      { numRuns: 2000 },
    );
  });

  it('has every key with a prefix, and no other, in the prefix’s range', () => {
    fc.assert(
      fc.property(text, text, (prefix, key) => {
        const { start, end } = keyRange(prefix);
        const inside = bytes(key, start) >= 0 && (end === undefined || bytes(key, end) < 0);
        expect(inside).toBe(key.startsWith(prefix));
        expect(bytes(prefix + key, start) >= 0 && (end === undefined || bytes(prefix + key, end) < 0)).toBe(
          true,
        );
      }),
    );
  });

  it.each([
    ['a', 'b'],
    ['a/', 'a0'],
    ['\ud7ff', '\ue000'],
    ['\uffff', '\u{10000}'],
    ['😀', '😁'],
    ['a\u{10ffff}', 'b'],
    ['\u{10ffff}\u{10ffff}', undefined],
    ['', undefined],
  ])('ends the prefix %j at %j', (prefix, end) => {
    expect(prefixEnd(prefix)).toBe(end);
  });
});
