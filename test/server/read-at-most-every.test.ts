import { expect, it } from 'vitest';
import { readAtMostEvery } from '../../src/server/read-at-most-every.ts';

it('reads anew only what is old, and does not remember a failure', () => {
  let time = 0;
  let reads = 0;
  let fails = false;
  const value = readAtMostEvery(
    1000,
    () => time,
    () => {
      reads += 1;
      if (fails) throw new Error('no such file');
      return `value ${reads}`;
    },
  );
  expect([value(), value()]).toEqual(['value 1', 'value 1']);
  time = 999;
  expect(value()).toBe('value 1');
  time = 1000;
  expect(value()).toBe('value 2');
  time = 2000;
  fails = true;
  expect(value).toThrow('no such file');
  expect(value).toThrow('no such file');
  fails = false;
  expect(value()).toBe('value 5');
});
