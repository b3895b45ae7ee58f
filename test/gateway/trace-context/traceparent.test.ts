import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTraceparent } from '../../../src/gateway/trace-context/index.ts';
import { anyText } from '../../support/any-text.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });

describe('a traceparent', () => {
  it('of version 00 goes on as it is', () => {
    const fields = fc.tuple(
      hex(32).filter((id) => !/^0+$/.test(id)),
      hex(16).filter((id) => !/^0+$/.test(id)),
      hex(2),
    );
    fc.assert(
      fc.property(fields, ([traceId, parentId, flags]) => {
        const header = `00-${traceId}-${parentId}-${flags}`;
        expect(parseTraceparent(header)).toEqual({ traceId, header });
      }),
    );
  });

  it('is never valid after one character has become another kind of character', () => {
    const valid = `00-${TRACE}-${PARENT}-01`;
    const edit = fc.tuple(fc.nat({ max: valid.length - 1 }), anyText({ minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(edit, ([at, character]) => {
        const isDash = valid[at] === '-';
        fc.pre(isDash ? character !== '-' : !/^[0-9a-f]$/.test(character));
        expect(parseTraceparent(valid.slice(0, at) + character + valid.slice(at + 1))).toBeUndefined();
      }),
    );
  });

  it('goes on only in the form that it was checked for, whatever comes', () => {
    const parts = fc.array(fc.oneof(hex(2), hex(16), hex(32), fc.string()), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map((all) => all.join('-')),
        ),
        (text) => {
          const parsed = parseTraceparent(text);
          if (parsed !== undefined)
            expect(parsed.header).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
        },
      ),
    );
  });

  it.each([
    ['no parent', `00-${TRACE}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-${PARENT}-01`],
    ['version 00 with more', `00-${TRACE}-${PARENT}-01-what`],
    ['two headers, joined', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
    ['a later version that goes on without a dash', `01-${TRACE}-${PARENT}-01.what`],
    ['too long', `01-${TRACE}-${PARENT}-01-${'x'.repeat(500)}`],
    ['nothing', ''],
  ])('is not valid: %s', (_, value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });

  it('of a later version goes on as version 00, with the flags that are known', () => {
    expect(parseTraceparent(`cc-${TRACE}-${PARENT}-09-what-the-future-is`)).toEqual({
      traceId: TRACE,
      header: `00-${TRACE}-${PARENT}-01`,
    });
    expect(parseTraceparent(`01-${TRACE}-${PARENT}-02`)?.header).toBe(`00-${TRACE}-${PARENT}-02`);
  });
});
