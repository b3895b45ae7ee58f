import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../../src/cluster/table/index.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('humanDuration', () => {
  // The cases of apimachinery/pkg/util/duration/duration_test.go.
  it.each([
    [second, '1s'],
    [70 * second, '70s'],
    [190 * second, '3m10s'],
    [70 * minute, '70m'],
    [47 * hour, '47h'],
    [49 * hour, '2d1h'],
    [(8 * 24 + 2) * hour, '8d'],
    [367 * day, '367d'],
    [(365 * 2 + 25) * day, '2y25d'],
    [(365 * 8 + 2) * day, '8y'],
    [4 * minute, '4m'],
    [5 * hour, '5h'],
    [5 * hour + minute, '5h1m'],
    [3 * day, '3d'],
    [0, '0s'],
    [-second, '0s'],
    [-2 * second, '<invalid>'],
    [365 * 2 * day, '2y'],
    [365 * 10 * day, '10y'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  });
});
