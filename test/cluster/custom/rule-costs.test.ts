import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateExpressions } from '../../../src/cluster/custom/definition/validate-rule-keywords.ts';
import { compileRules } from '../../../src/cluster/custom/rules/compile-rules.ts';
import type { JsonSchema } from '../../../src/cluster/custom/structural/json-schema.ts';

type Shape = (most?: number) => JsonSchema;

const of = (type: string): JsonSchema => {
  if (type === 'int-or-string') return { 'x-kubernetes-int-or-string': true };
  const formats = ['duration', 'date', 'date-time', 'byte'];
  return formats.includes(type) ? { type: 'string', format: type } : { type };
};
const array =
  (items: JsonSchema): Shape =>
  (maxItems) => ({ type: 'array', items, ...(maxItems !== undefined && { maxItems }) });
const map =
  (values: JsonSchema): Shape =>
  (maxProperties) => ({
    type: 'object',
    additionalProperties: values,
    ...(maxProperties !== undefined && { maxProperties }),
  });
const text: Shape = (maxLength) => ({ type: 'string', ...(maxLength !== undefined && { maxLength }) });
const strings: Shape = (most) => ({
  type: 'array',
  items: text(most),
  ...(most !== undefined && { maxItems: most }),
});
const stringMap: Shape = (most) => ({
  type: 'object',
  additionalProperties: text(most),
  ...(most !== undefined && { maxProperties: most }),
});
const required: JsonSchema = {
  type: 'object',
  required: ['required'],
  properties: { required: { type: 'string' }, optional: { type: 'string' } },
};

function cost(schema: JsonSchema, rule: string): number {
  const node = compileRules({ ...schema, 'x-kubernetes-validations': [{ rule }] }, false);
  const program = node?.rules[0]?.program;
  if (typeof program !== 'object') throw new Error(String(program));
  return program.estimate();
}

/** Source of the numbers: apiextensions-apiserver/pkg/apiserver/schema/cel/compilation_test.go TestCostEstimation. */
describe('what a rule may cost is estimated as by kube-apiserver', () => {
  it.each<[string, Shape, number, number, number]>([
    ['self.all(x, true)', array(of('number')), 4_718_591, 10, 32],
    ['self.all(x, true)', array(of('string')), 3_145_727, 20, 62],
    ['self.all(x, true)', array(of('boolean')), 1_887_437, 5, 17],
    ['self.all(x, true)', array(array(of('number'))()), 3_145_727, 100, 302],
    ['self.all(x, true)', array(required), 555_128, 50, 152],
    ['self.all(x, true)', map(of('number')), 1_348_169, 10, 32],
    ['self.all(x, true)', map(of('string')), 1_179_647, 3, 11],
    ['self.all(x, true)', map(of('boolean')), 943_718, 100, 302],
    ["self.contains('test')", text, 314_574, 10, 5],
    ["self.startsWith('test')", text, 2, 15, 2],
    ["self.endsWith('test')", text, 2, 30, 2],
    ['size(self + "hello") > size("hello")', text, 314_578, 4, 7],
    ['self[1] == 0.0', array(of('number')), 2, 5000, 2],
    ['self[1] == self[1]', array(of('string')), 314_577, 8, 314_577],
    ['self.all(x, self.all(y, true))', array(of('number')), Number.NaN, 10, 352],
    ['self.all(x, self.all(y, self.all(z, true)))', array(of('number')), Number.NaN, 10, 3552],
    ['self.matches("x")', text, 314_574, 50, 22],
    ['"".matches("(((((((((())))))))))[0-9]")', text, 7, 10, 7],
    ['self.matches("")', text, 1, 100, 1],
    ['self.all(x, x.contains(self[x]))', stringMap, 2_752_507, 10, 72],
    ['self == "x"', text, 2, 0, 1],
    ['self.all(x, x == 0.0)', array(of('number')), 6_291_454, 3 * 1024 * 2048, 25_165_826],
    ['self.all(x, true)', array(of('int-or-string')), 4_718_591, 10, 32],
    ['self[0] == 5', array(of('int-or-string')), 3, 10, 3],
    ['self[0] == false', array(of('boolean')), 2, 25, 2],
    ['self[0] == null', array(required), 2, 422, 2],
    ['self.all(x, true)', array(of('duration')), 2_359_295, 5, 17],
    ['self[0].getHours() == 2', array(of('duration')), 4, 525, 4],
    ['self.all(x, true)', array(of('date')), 725_936, 15, 47],
    ['self.all(x, true)', array(of('date-time')), 428_963, 25, 77],
    ['self.all(x, true)', map(of('int-or-string')), 1_348_169, 15, 47],
    ['self.all(x, true)', map(of('duration')), 1_048_577, 5, 17],
    ['self.all(x, true)', map(of('date')), 524_288, 10, 32],
    ['self.all(x, true)', map(of('date-time')), 349_526, 25, 77],
    ["self.find('[0-9]+') == ''", text, 629_147, 10, 11],
    ['self.lowerAscii() == "x"', text, 314_575, 10, 6],
    ['self.size() == oldSelf.size()', map(of('integer')), 5, 10, 5],
    ['self["a"] == self["b"]', map(of('date-time')), 8, 7, 8],
    ['self["c"] == self["d"]', map(of('duration')), 8, 42, 8],
  ])('%s, %#', (rule, shape, unbounded, most, bounded) => {
    if (!Number.isNaN(unbounded)) expect(cost(shape(), rule)).toBe(unbounded);
    expect(cost(shape(most), rule)).toBe(bounded);
  });

  it('and grows with what the schema allows', () => {
    const some = ['self.all(a, self.exists(b, a == b))', "self.join(',').matches('a+')", 'size(self) > 3'];
    const most = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...some), most, most, (rule, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(cost(strings(less), rule)).toBeLessThanOrEqual(cost(strings(more), rule));
        expect(cost(strings(more), rule)).toBeLessThanOrEqual(cost(strings(), rule));
      }),
    );
  });

  it('of texts that are one of some', () => {
    const schema = { type: 'string', enum: ['A', 'LongValue'] };
    expect(cost(schema, "self.contains('A')")).toBe(2);
    expect(cost({ ...schema, maxLength: 1000 }, "self.contains('A')")).toBe(401);
  });

  it.each<[string, Shape, number, number, number]>([
    ["self.join(' ') == 'aa bb'", strings, 329_853_068_905, 10, 43],
    ['self.isSorted() == true', strings, 329_854_432_052, 10, 52],
    [
      "self.str.replace(self.before, self.after) == 'does not matter'",
      (most) => ({ type: 'object', properties: { str: text(most), before: text(2), after: text(4) } }),
      629_154,
      4,
      12,
    ],
    [
      'self.str.split(self.separator) == []',
      (most) => ({ type: 'object', properties: { str: text(most), separator: text(most) } }),
      629_160,
      10,
      22,
    ],
    [
      'isQuantity(self)',
      (maxLength) => ({ ...of('int-or-string'), ...(maxLength && { maxLength }) }),
      314_574,
      20,
      9,
    ],
  ])('of functions: %s', (rule, shape, unbounded, most, bounded) => {
    expect(cost(shape(), rule)).toBe(unbounded);
    expect(cost(shape(most), rule)).toBe(bounded);
  });
});

const told =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

describe('a definition whose rules could cost too much', () => {
  const errors = (schema: JsonSchema) =>
    validateExpressions({ type: 'object', properties: { spec: schema } }, 'schema').map(
      ({ type, field, detail }) => [type, field, detail],
    );
  const withRule = (schema: JsonSchema, rule: string, more: object = {}): JsonSchema => ({
    ...schema,
    'x-kubernetes-validations': [{ rule, ...more }],
  });
  const twice = 'self.all(a, self.all(b, a == b))';

  it('is refused, by how much', () => {
    const [first, ...total] = errors(withRule(array(of('string'))(), twice));
    const field = 'schema.properties[spec].x-kubernetes-validations[0].rule';
    const contributed =
      'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const whole = `x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${told}`;
    const forbidden = 'FieldValueForbidden';
    expect(first).toEqual([
      forbidden,
      field,
      `estimated rule cost exceeds budget by factor of more than 100x ${told}`,
    ]);
    expect(total).toEqual([
      [forbidden, field, contributed],
      [forbidden, 'schema', whole],
    ]);
    expect(errors(withRule(array(text(10))(10), twice))).toEqual([]);
  });

  it('counts how often a value can be there', () => {
    const rule = 'self.all(x, x == 0.0)';
    const inner = withRule(array(of('number'))(1000), rule);
    expect(errors(inner)).toEqual([]);
    expect(errors(array(inner)(1000))).toEqual([]);
    expect(errors(array(inner)(10_000))).toEqual([
      [
        'FieldValueForbidden',
        'schema.properties[spec].items.x-kubernetes-validations[0].rule',
        `estimated rule cost exceeds budget by factor of 4.0x ${told}`,
      ],
    ]);
    expect(errors(array(inner)())).toHaveLength(3);
  });

  it('may be refused for what it says, too', () => {
    const said = { messageExpression: "self.map(a, self.join(a)).join('')" };
    expect(errors(withRule(array(of('string'))(), 'true', said))[0]).toEqual([
      'FieldValueForbidden',
      'schema.properties[spec].x-kubernetes-validations[0].messageExpression',
      `estimated messageExpression cost exceeds budget by factor of more than 100x ${told}`,
    ]);
  });
});
