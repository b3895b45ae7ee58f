import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goOrder } from '../../src/rbac/go-order.ts';
import { anyText } from '../support/any-text.ts';

describe("Go's order of strings", () => {
  it('is that of the UTF-8 bytes', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (a, b) => {
        expect(Math.sign(goOrder(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(['\u{1f600}', '\uffff', 'a', 'ab', ''].sort(goOrder)).toEqual([
      '',
      'a',
      'ab',
      '\uffff',
      '\u{1f600}',
    ]);
  });
});
