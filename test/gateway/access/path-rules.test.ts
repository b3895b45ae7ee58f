import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePathPattern } from '../../../src/gateway/access/path-pattern.ts';
import { createPathRules } from '../../../src/gateway/access/path-rules.ts';
import { cpuMilliseconds } from '../../support/cpu-milliseconds.ts';

/** Pieces whose regular expression is spelled otherwise. */
const sources = new Map([
  ['*', '[^/]*'],
  ['?', '[^/]'],
  ['[^a]', '[^a/]'],
]);

describe('a path pattern', () => {
  // Source of the rows: the documentation of Go's path.Match.
  it.each([
    ['/metrics', '/metrics', true],
    ['/metrics', '/metrics/', false],
    ['/metrics', '/Metrics', false],
    ['/*', '/a', true],
    ['/*', '/', true],
    ['/*', '/a/b', false],
    ['/a*', '/a', true],
    ['/a*/b', '/abc/b', true],
    ['/a*/b', '/a/c/b', false],
    ['/a*b*c*d', '/axbxcxbxcxd', true],
    ['/a*b*c*d', '/axbxcxbxcx', false],
    ['/a*b?c*x', '/abxbbxdbxebxczzx', true],
    ['/a*b?c*x', '/abxbbxdbxebxczzy', false],
    ['/a?c', '/abc', true],
    ['/a?c', '/a/c', false],
    ['/a?', '/a', false],
    ['/[a-c]x', '/bx', true],
    ['/[a-c]x', '/dx', false],
    ['/[^a-c]x', '/dx', true],
    ['/[^a-c]x', '/bx', false],
    ['/[\\]a]', '/]', true],
    ['/[\\-x]', '/-', true],
    ['/\\*', '/*', true],
    ['/\\*', '/a', false],
    ['/a.c', '/abc', false],
    ['/**/x', '/a/x', true],
    ['/**/x', '/a/b/x', false],
    // Go's class would match the slash.
    ['/a[^b]c', '/a/c', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(compilePathPattern(pattern)(path)).toBe(expected);
  });

  it.each(['/[', '/[]', '/[^]', '/[a', '/[a-]', '/[-a]', '/[a-b-c]', '/a\\', '/[a/b]'])(
    '%s is malformed',
    (pattern) => {
      expect(() => compilePathPattern(pattern)).toThrow(TypeError);
    },
  );

  it('means what the same regular expression means', () => {
    const piece = fc.constantFrom('a', 'b', '/', '*', '?', '[ab]', '[^a]', '\\*');
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '*', '/'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), texts, (pieces, text) => {
        const source = pieces.map((one) => sources.get(one) ?? one).join('');
        expect(compilePathPattern(`/${pieces.join('')}`)(`/${text}`)).toBe(
          new RegExp(`^/${source}$`).test(`/${text}`),
        );
      }),
    );
  });

  it('takes no more than linear time for each star', async () => {
    const pattern = compilePathPattern(`/${'*a'.repeat(20)}b`);
    const took = await cpuMilliseconds(() => expect(pattern(`/${'a'.repeat(20_000)}`)).toBe(false));
    expect(took).toBeLessThan(5_000);
  });
});

describe('the paths of a service', () => {
  it('are all checked when nothing is said', () => {
    expect(createPathRules({ allowPaths: [], ignorePaths: [] })('/any?x')).toBe('checked');
  });

  it.each([
    ['/metrics', 'checked'],
    ['/metrics?x=/other', 'checked'],
    ['/federate/x', 'checked'],
    ['/other', 'missing'],
    ['/metrics/x', 'missing'],
    ['/%6detrics', 'missing'],
    ['/?/metrics', 'missing'],
  ])('with allowPaths, %s is %s', (target, verdict) => {
    expect(createPathRules({ allowPaths: ['/metrics', '/federate/*'], ignorePaths: [] })(target)).toBe(
      verdict,
    );
  });

  it.each([
    ['/healthz', 'ignored'],
    ['/healthz?verbose', 'ignored'],
    ['/static/a.css', 'ignored'],
    ['/static/a/b', 'checked'],
    ['/healthz/', 'checked'],
    ['/HEALTHZ', 'checked'],
    ['/%68ealthz', 'checked'],
    ['/secret?/healthz', 'checked'],
  ])('with ignorePaths, %s is %s', (target, verdict) => {
    expect(createPathRules({ allowPaths: [], ignorePaths: ['/healthz', '/static/*'] })(target)).toBe(verdict);
  });
});
