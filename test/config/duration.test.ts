import { expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';

it.each([
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5s', 1500],
  // Whole ones: whatever is reckoned with them is a moment that the storage can keep.
  ['1.001s', 1001],
  ['0.57h', 2_052_000],
  ['1.0004s', 1000],
  ['1ns', 1],
  // Longer, Go has no duration either.
  ['2562047h', 9_223_369_200_000],
  ['2562048h', undefined],
  ['0s', undefined],
  ['', undefined],
  ['5', undefined],
  ['5 m', undefined],
  ['-5m', undefined],
  ['1d', undefined],
])('the duration %j is %j milliseconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
