import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAddress,
  parseRange,
  strictAddressErrors,
  strictRangeErrors,
} from '../../../src/cluster/schema/addresses.ts';

describe('addresses', () => {
  it('have one way to be written, which is taken everywhere and is its own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text);
        if (address === undefined) throw new Error(`not taken: ${text}`);
        const { canonical, family } = address;
        expect(family === 4 ? isIPv4(canonical) : isIPv6(canonical)).toBe(true);
        expect(parseAddress(canonical)).toEqual({ canonical, family, isMapped: false });
        expect(strictAddressErrors(canonical, '')).toEqual([]);
      }),
    );
  });

  it('begin ranges, whose first address begins the same range', () => {
    const range = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 96, max: 128 })),
    );
    fc.assert(
      fc.property(range, ([host, prefix]) => {
        const { canonical = '' } = parseRange(`${host}/${prefix}`) ?? {};
        expect(parseRange(canonical)).toMatchObject({ canonical, given: canonical });
        expect(strictRangeErrors(canonical, '')).toEqual([]);
      }),
    );
  });

  it.each(['', 'x', '1.2.3', '1.2.3.256', '1.2.3.4.5', 'fe80::1%eth0', ':::', '1.2.3.4 '])(
    '%j is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
      expect(parseRange(`${text}/8`)).toBeUndefined();
    },
  );
});
