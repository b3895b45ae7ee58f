import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTracestate, traceFields, traceHeaders } from '../../../src/gateway/trace-context/index.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a tracestate', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_*/-]{0,20}$/);
  const value = fc.stringMatching(/^[!-+\x2d-<>-~]{1,20}$/);

  it('is a list of different keys with printable values', () => {
    const members = fc.uniqueArray(fc.tuple(key, value), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(members, (pairs) => {
        expect(isTracestate(pairs.map(([name, text]) => `${name}=${text}`).join(' , '))).toBe(true);
      }),
    );
  });

  it('carries no control character', () => {
    fc.assert(
      fc.property(key, value, fc.constantFrom('\r', '\n', '\0', '\x7f', 'é'), (name, text, odd) => {
        expect(isTracestate(`${name}=${text}${odd}${text}`)).toBe(false);
      }),
    );
  });

  it.each([
    ['a tenant', 'fw529a3039@dt=FfAAA', true],
    ['empty members', 'a=1,,b=2, ', true],
    ['spaces within a value', 'a=b c', true],
    ['the same key twice', 'a=1,a=2', false],
    ['capitals in a key', 'A=1', false],
    ['no value', 'a', false],
    ['an empty value', 'a=', false],
    ['a second equals sign', 'a=1=2', false],
    ['nothing', '', false],
    ['33 members', Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(), false],
    ['more than 512 characters', `a=${'1'.repeat(200)},b=${'1'.repeat(200)},c=${'1'.repeat(200)}`, false],
  ])('%s', (_, text, valid) => {
    expect(isTracestate(text)).toBe(valid);
  });
});

describe('the trace of a request', () => {
  it('goes on when it is valid', () => {
    expect(traceHeaders({ traceparent: PARENT, tracestate: 'a=1' })).toEqual([
      'traceparent',
      PARENT,
      'tracestate',
      'a=1',
    ]);
    expect(traceHeaders({ traceparent: PARENT, tracestate: 'A=1' })).toEqual(['traceparent', PARENT]);
  });

  it('S-214 is dropped when it is not, and never made up', () => {
    expect(traceHeaders({})).toEqual([]);
    expect(traceHeaders({ tracestate: 'a=1' })).toEqual([]);
    expect(traceHeaders({ traceparent: `${PARENT}-x`, tracestate: 'a=1' })).toEqual([]);
  });

  it('names itself in the log, when it is valid', () => {
    expect(traceFields({ traceparent: PARENT })).toEqual({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    expect(traceFields({ traceparent: 'level=error' })).toEqual({});
    expect(traceFields({})).toEqual({});
  });
});
