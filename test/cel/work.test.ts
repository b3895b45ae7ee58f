import { describe, expect, it } from 'vitest';
import { CelError, compileExpression, declareType, valueOfJson } from '../../src/cel/index.ts';

const numbers = Array.from({ length: 20_000 }, (_, index) => index);
const object = valueOfJson({
  numbers,
  doubles: numbers.map((index) => index + 0.5),
  texts: numbers.map((index) => `p${index}`),
  urls: numbers.map((index) => `https://h${index}/?a=b`),
  members: Object.fromEntries(numbers.map((index) => [`k${index}`, index])),
  long: 'aB'.repeat(200_000),
  accented: 'aÄ'.repeat(100_000),
  longs: Array.from({ length: 10 }, () => 'x'.repeat(50_000)),
  query: `https://h/?${'a=b&'.repeat(20_000)}`,
});

function evaluate(
  expression: string,
  left = 1_000_000,
): { readonly outcome: unknown; readonly spent: number } {
  const compiled = compileExpression(expression, [['object', declareType.dynamic]]);
  if (typeof compiled === 'string') throw new Error(compiled);
  const budget = { left };
  try {
    return { outcome: compiled.evaluate([object], budget), spent: left - budget.left };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { outcome: error.fatal ? 'cancelled' : error.message, spent: left - budget.left };
  }
}

describe('the work of an expression', () => {
  // Each would take seconds, or minutes, if what it does were not paid for.
  it.each([
    'object.numbers.all(a, object.numbers.all(b, a + b >= 0))',
    'object.numbers.all(a, size(object.members) > 0)',
    'object.numbers.all(a, object.members.exists(k, true))',
    "object.numbers.all(a, object.members != {'a': 1})",
    'object.numbers.all(a, object.members.map(k, k) != [])',
    'object.numbers.all(a, size(object.long) > 0)',
    "object.numbers.all(a, object.long.lowerAscii() != '')",
    "object.numbers.all(a, object.accented.upperAscii() != '')",
    "object.numbers.all(a, object.accented.substring(3) != '')",
    "object.numbers.all(a, object.long.split('') != [])",
    'object.numbers.all(a, object.longs.sort() != [])',
    "object.numbers.all(a, object.longs.max() != '')",
    'object.numbers.all(a, object.numbers.sum() > 0)',
    'object.numbers.all(a, object.numbers.isSorted())',
    'object.numbers.all(a, object.numbers.reverse() != [])',
    'object.numbers.all(a, object.numbers + object.numbers != [])',
    "object.numbers.all(a, bytes(object.long) + bytes(object.long) != b'')",
    "object.texts.all(a, !'zz'.matches(a))",
    "object.numbers.all(a, object.long.matches('(a|aB)*c(d|e)*f'))",
    "object.doubles.all(a, '%.100f'.format([a]) != '')",
    "object.urls.all(a, url(a).getHost() != '')",
    'object.numbers.all(a, url(object.query).getQuery() != {})',
    "object.texts.all(a, ip('1.2.3.4').family() == 4)",
    "object.texts.all(a, cidr('10.0.0.0/8').containsIP('10.1.2.3'))",
  ])('is paid for: %s', (expression) => {
    expect(evaluate(expression, 30_000).outcome).toBe('cancelled');
  });

  it('is taken from what all may take together, which may be less', () => {
    const small = evaluate('object.numbers.size() + 1 == 20001', 10_000);
    expect(small.outcome).toBe(true);
    expect(small.spent).toBeGreaterThan(0);
    expect(evaluate('object.numbers.all(a, a >= 0)', 1000)).toMatchObject({ outcome: 'cancelled' });
  });

  it('leaves room for what rules do', () => {
    for (const expression of [
      "object.texts.filter(a, a.startsWith('p1')).size() > 0",
      "object.texts.slice(0, 1000).all(a, a.matches('^[a-z]+[0-9]+$'))",
      'object.urls.slice(0, 1000).all(a, isURL(a))',
      'object.numbers.slice(0, 50).all(a, object.numbers.slice(0, 50).all(b, a == b || a != b))',
    ]) {
      expect(evaluate(expression).outcome, expression).toBe(true);
    }
  });

  it('of a pattern is bounded when it is written down, too', () => {
    const compiled = compileExpression(`'a'.matches('${'a{1000}'.repeat(100)}')`, []);
    expect(compiled).toContain('invalid matches argument');
    expect(typeof compileExpression("'a'.matches('^([a-z]{1,200}|[0-9]{3})$')", [])).toBe('object');
  });
});
