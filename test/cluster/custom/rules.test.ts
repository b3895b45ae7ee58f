import { describe, expect, it } from 'vitest';
import { validateSchema } from '../../../src/cluster/custom/definition/validate-schema.ts';
import { compileRules } from '../../../src/cluster/custom/rules/compile-rules.ts';
import { validateRules } from '../../../src/cluster/custom/rules/validate-rules.ts';
import type { JsonSchema, ValidationRule } from '../../../src/cluster/custom/structural/json-schema.ts';
import { fieldErrorBody } from '../../../src/kube/index.ts';

const integer: JsonSchema = { type: 'integer' };
const text: JsonSchema = { type: 'string' };

/** A schema whose spec has these properties and rules. */
function ofSpec(properties: Record<string, JsonSchema>, ...rules: ValidationRule[]): JsonSchema {
  const spec = { type: 'object', properties, 'x-kubernetes-validations': rules };
  return { type: 'object', properties: { spec } };
}

function violations(schema: JsonSchema, spec: object, old?: object): string[] {
  const node = compileRules(schema, true);
  if (node === undefined) throw new Error('no rules');
  const object = (of: object) => ({ apiVersion: 'a/v1', kind: 'A', metadata: { name: 'a' }, spec: of });
  return validateRules(node, object(spec), old && object(old)).map(
    (each) => `${each.field}: ${fieldErrorBody(each)}`,
  );
}

const problems = (schema: JsonSchema) =>
  validateSchema(schema, 'schema', false).map((each) => `${each.field}: ${fieldErrorBody(each)}`);

describe('validation rules', () => {
  it.each<[string, Record<string, JsonSchema>, object, boolean]>([
    ['self.min <= self.max', { min: integer, max: integer }, { min: 1, max: 2 }, true],
    ['self.min <= self.max', { min: integer, max: integer }, { min: 3, max: 2 }, false],
    ['!has(self.a) || self.a > 0', { a: integer }, {}, true],
    ['self.a / 2 == 3', { a: integer }, { a: 7 }, true],
    ['self.ratio < 0.5', { ratio: { type: 'number' } }, { ratio: 1 }, false],
    [
      'self.tags.all(t, t.startsWith("x"))',
      { tags: { type: 'array', items: text } },
      { tags: ['xa', 'b'] },
      false,
    ],
    [
      'self.names["a"] == 1',
      { names: { type: 'object', additionalProperties: integer } },
      { names: { a: 1 } },
      true,
    ],
    [
      'self.end - self.start < duration("1h")',
      time(),
      { start: '2026-01-01T00:00:00Z', end: '2026-01-01T02:00:00Z' },
      false,
    ],
    [
      'self.__namespace__ == self.a__dash__b',
      { namespace: text, 'a-b': text },
      { namespace: 'n', 'a-b': 'n' },
      true,
    ],
    ['type(self.port) == int ? self.port > 0 : self.port != ""', port(), { port: 0 }, false],
    ['type(self.port) == int ? self.port > 0 : self.port != ""', port(), { port: 'http' }, true],
    ['has(self.maybe)', { maybe: { type: 'string', nullable: true } }, { maybe: null }, false],
  ])('%s over %j of %j', (rule, properties, spec, holds) => {
    const found = violations(ofSpec(properties, { rule }), spec);
    expect(found).toEqual(holds ? [] : [`spec: Invalid value: failed rule: ${rule}`]);
  });

  it('know the name of an object', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { spec: { type: 'object' } },
      'x-kubernetes-validations': [{ rule: 'self.metadata.name == "b"', message: 'must be b' }],
    };
    expect(violations(schema, {})).toEqual(['<nil>: Invalid value: must be b']);
  });

  it('say their own message, reason and field', () => {
    const schema = ofSpec(
      { a: integer, b: integer },
      { rule: 'self.a > 1', messageExpression: '"a is " + string(self.a)', fieldPath: '.a' },
      { rule: 'self.a > 1', message: 'too small', reason: 'FieldValueForbidden', fieldPath: '.a' },
      { rule: 'self.a > 1', message: 'missing', reason: 'FieldValueRequired' },
      { rule: 'self.a > 1', message: 'otherwise', messageExpression: 'string(self.b)' },
    );
    expect(violations(schema, { a: 1 })).toEqual([
      'spec.a: Invalid value: a is 1',
      'spec.a: Forbidden: too small',
      'spec: Required value: missing',
      'spec: Invalid value: otherwise',
    ]);
  });

  it('show the value of a scalar', () => {
    const schema = ofSpec({ a: { ...integer, 'x-kubernetes-validations': [{ rule: 'self > 1' }] } });
    expect(violations(schema, { a: 1 })).toEqual(['spec.a: Invalid value: 1: failed rule: self > 1']);
  });

  it('look at a change only where there is one', () => {
    const fixed = ofSpec({
      a: { ...integer, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }] },
    });
    expect(violations(fixed, { a: 1 })).toEqual([]);
    expect(violations(fixed, { a: 1 }, {})).toEqual([]);
    expect(violations(fixed, { a: 1 }, { a: 1 })).toEqual([]);
    expect(violations(fixed, { a: 2 }, { a: 1 })).toEqual(['spec.a: Invalid value: 2: is fixed']);
  });

  it('may want to see that there was nothing', () => {
    const rule = { rule: 'oldSelf.hasValue() || self == 1', optionalOldSelf: true, message: 'starts at 1' };
    const schema = ofSpec({ a: { ...integer, 'x-kubernetes-validations': [rule] } });
    expect(violations(schema, { a: 2 })).toEqual(['spec.a: Invalid value: 2: starts at 1']);
    expect(violations(schema, { a: 2 }, { a: 1 })).toEqual([]);
  });

  it('know the items of a map list by their key', () => {
    const item: JsonSchema = {
      type: 'object',
      required: ['name'],
      properties: { name: text, port: integer },
      'x-kubernetes-validations': [{ rule: 'self.port >= oldSelf.port', message: 'may only grow' }],
    };
    const list: JsonSchema = {
      type: 'array',
      items: item,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    };
    const old = {
      list: [
        { name: 'a', port: 5 },
        { name: 'b', port: 1 },
      ],
    };
    const found = violations(
      ofSpec({ list }),
      {
        list: [
          { name: 'b', port: 2 },
          { name: 'a', port: 4 },
        ],
      },
      old,
    );
    expect(found).toEqual(['spec.list[1]: Invalid value: may only grow']);
  });

  it('leave alone what was wrong before and has not changed', () => {
    const schema = ofSpec({
      a: { ...integer, 'x-kubernetes-validations': [{ rule: 'self > 1' }] },
      b: integer,
    });
    expect(violations(schema, { a: 1, b: 2 }, { a: 1, b: 1 })).toEqual([]);
    expect(violations(schema, { a: 0, b: 2 }, { a: 1, b: 1 })).toHaveLength(1);
  });

  it('end when they take too much work', () => {
    const tags = { type: 'array', items: text };
    const rule = 'self.tags.all(a, self.tags.all(b, self.tags.all(c, a + b != c)))';
    const schema = ofSpec({ tags }, { rule }, { rule: 'false' });
    const [found, ...others] = violations(schema, {
      tags: Array.from({ length: 500 }, (_, index) => `x${index}`),
    });
    expect(found).toMatch(
      /actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit/,
    );
    expect(others).toEqual([]);
  });

  it('tell what has no value', () => {
    expect(violations(ofSpec({ a: integer }, { rule: 'self.a > 1' }), {})).toEqual([
      'spec: Invalid value: "object": no such key: a evaluating rule: self.a > 1',
    ]);
  });
});

describe('the order of a list', () => {
  const rule = 'self.l == oldSelf.l';
  const set = { l: { type: 'array', 'x-kubernetes-list-type': 'set', items: text } };
  const item = { type: 'object', properties: { 'my-key': text, value: integer } };
  const keys = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['my-key'] };
  const map = { l: { type: 'array', ...keys, items: item } };
  const [a, b, other] = [1, 2, 3].map((value) => ({ 'my-key': value === 2 ? 'b' : 'a', value }));
  const same = (properties: Record<string, JsonSchema>, l: unknown[], old: unknown[]) =>
    violations(ofSpec(properties, { rule }), { l }, { l: old }).length === 0;

  it('means something in a list that is no more than that', () => {
    const plain = { l: { type: 'array', items: text } };
    expect([same(plain, ['a', 'b'], ['a', 'b']), same(plain, ['b', 'a'], ['a', 'b'])]).toEqual([true, false]);
  });

  it('means nothing in a set', () => {
    expect([same(set, ['b', 'a'], ['a', 'b']), same(set, ['b', 'c'], ['a', 'b'])]).toEqual([true, false]);
    expect([same(set, ['a'], ['a', 'b']), same(set, [], [])]).toEqual([false, true]);
  });

  it('means nothing in a map, whose elements must be the same', () => {
    expect([same(map, [b, a], [a, b]), same(map, [b, other], [a, b])]).toEqual([true, false]);
  });

  it('is that of the first places, where lists with keys are added', () => {
    const merged = 'size(self.l + oldSelf.l) == 2 && (self.l + oldSelf.l)[0].value == 1';
    expect(violations(ofSpec(map, { rule: merged }), { l: [other, b] }, { l: [a] })).toEqual([]);
    const union = 'self.l + oldSelf.l == ["b", "a", "c"] && size(self.l + ["a"]) == 2';
    expect(violations(ofSpec(set, { rule: union }), { l: ['a', 'b'] }, { l: ['b', 'c'] })).toEqual([]);
  });
});

describe('a definition with rules', () => {
  it.each<[ValidationRule, RegExp]>([
    [
      { rule: 'self.nope > 1' },
      /rule: Invalid value: .*compilation failed: ERROR: <input>:1:5: undefined field 'nope'/,
    ],
    [{ rule: 'self.a' }, /rule: Invalid value: .*cel expression must evaluate to a bool/],
    [{ rule: 'self.a >' }, /rule: Invalid value: .*Syntax error/],
    [{ rule: ' ' }, /rule: Required value: rule is not specified/],
    [{ rule: 'true', messageExpression: 'self.a' }, /messageExpression must evaluate to a string/],
    [{ rule: 'true', reason: 'Because' }, /reason: Unsupported value: "Because"/],
    [{ rule: 'true', fieldPath: '.c' }, /fieldPath: Invalid value: ".c": must be a valid path/],
    [{ rule: 'true', optionalOldSelf: true }, /may not be set if oldSelf is not used in rule/],
    [{ rule: 'true\n&& true' }, /message must be specified if rule contains line breaks/],
  ])('is refused for %j', (rule, problem) => {
    expect(problems(ofSpec({ a: integer }, rule)).join('\n')).toMatch(problem);
  });

  it('is refused for a change where there is none to see', () => {
    const list = {
      type: 'array',
      items: { ...integer, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
    };
    expect(problems(ofSpec({ list })).join()).toContain(
      'oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[spec].properties[list]',
    );
  });

  it('is taken when all is in order', () => {
    expect(
      problems(ofSpec({ a: integer }, { rule: 'self.a > 1', fieldPath: '.a', reason: 'FieldValueInvalid' })),
    ).toEqual([]);
  });
});

function time(): Record<string, JsonSchema> {
  return { start: { ...text, format: 'date-time' }, end: { ...text, format: 'date-time' } };
}

function port(): Record<string, JsonSchema> {
  return { port: { 'x-kubernetes-int-or-string': true } };
}
