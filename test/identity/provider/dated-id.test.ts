import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datedId, dateOf } from '../../../src/identity/provider/dated-id.ts';

const random = fc.stringMatching(/^[\w-]{43}$/);
const moment = fc.integer({ min: 1_000_000_000, max: Date.UTC(2058, 0) });

test('ids are in the order of when they were made', () => {
  fc.assert(
    fc.property(random, random, moment, moment, (one, other, earlier, later) => {
      fc.pre(earlier < later);
      expect(datedId(one, earlier) < datedId(other, later)).toBe(true);
    }),
  );
});

test('all of what was drawn at random stays, behind nine characters', () => {
  fc.assert(
    fc.property(random, moment, (drawn, now) => {
      const id = datedId(drawn, now);
      expect(id.slice(9)).toBe(drawn);
      expect(dateOf(id)).toBe(id.slice(0, 9));
    }),
  );
});

test('an id of another form has no date', () => {
  fc.assert(
    fc.property(random, (drawn) => {
      expect(dateOf(drawn)).toBe('');
      expect(dateOf(`0mw/../ab${drawn}`)).toBe('');
    }),
  );
  expect(dateOf('')).toBe('');
});
