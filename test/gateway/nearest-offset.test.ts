import { expect, it } from 'vitest';
import { nearestOffset } from '../../src/gateway/nearest-offset.ts';

it.each([
  ['rules[0].level', 9],
  ['rules[0].verbs[2]', 7],
  ['rules[1]', 5],
  ['rules', 5],
  ['kind', 3],
])('a field that is not there stands where its nearest parent does: %s', (path, offset) => {
  const offsets = new Map([
    ['', 3],
    ['rules', 5],
    ['rules[0]', 7],
    ['rules[0].level', 9],
  ]);
  expect(nearestOffset(offsets, path)).toBe(offset);
});

it('is the start when nothing is known', () => {
  expect(nearestOffset(new Map(), 'rules[0]')).toBe(0);
});
