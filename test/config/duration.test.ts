import { expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';

it.each([
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5s', 1500],
  ['0s', undefined],
  ['', undefined],
  ['5', undefined],
  ['5 m', undefined],
  ['-5m', undefined],
  ['1d', undefined],
])('the duration %j is %j milliseconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
