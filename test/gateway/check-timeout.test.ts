import { describe, expect, it } from 'vitest';
import { checkTimeout } from '../../src/gateway/check-timeout.ts';

describe('checkTimeout', () => {
  it.each(['', '32s', '-1s', '+1.5h', '.5s', '1.s', '1h2m3s4ms5us6µs7ns', '0', '-0', '9223372036s'])(
    'has nothing against %j',
    (timeout) => {
      expect(() => checkTimeout(`/api/v1/pods?timeout=${encodeURIComponent(timeout)}`)).not.toThrow();
    },
  );

  it.each([
    ['bogus', 'time: invalid duration "bogus"'],
    ['-', 'time: invalid duration "-"'],
    ['.s', 'time: invalid duration ".s"'],
    ['9223372037s', 'time: invalid duration "9223372037s"'],
    ['10', 'time: missing unit in duration "10"'],
    ['1h5', 'time: missing unit in duration "1h5"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
    ['1s 2s', 'time: unknown unit "s " in duration "1s 2s"'],
  ])('refuses %j as Go does', (timeout, text) => {
    expect(() => checkTimeout(`/healthz?a=b&timeout=${encodeURIComponent(timeout)}`)).toThrow(
      `invalid timeout specified in the request URL - ${text}`,
    );
  });

  it('looks at the first one, of the query only', () => {
    expect(() => checkTimeout('/api/v1/pods?timeout=1s&timeout=x')).not.toThrow();
    expect(() => checkTimeout('/timeout=x')).not.toThrow();
    expect(() => checkTimeout('/api/v1/pods?timeoutSeconds=x')).not.toThrow();
  });
});
