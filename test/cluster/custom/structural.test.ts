import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonPath } from '../../../src/cluster/custom/columns/json-path.ts';
import { compareVersions } from '../../../src/cluster/custom/kind/version-order.ts';
import type { JsonSchema } from '../../../src/cluster/custom/structural/json-schema.ts';
import { prune } from '../../../src/cluster/custom/structural/prune.ts';
import { setDefaults } from '../../../src/cluster/custom/structural/set-defaults.ts';
import { matchesFormat } from '../../../src/cluster/custom/validate/string-formats.ts';
import { validateValue } from '../../../src/cluster/custom/validate/validate-value.ts';
import { fieldErrorBody } from '../../../src/kube/index.ts';

const text: JsonSchema = { type: 'string' };
const preserve = { 'x-kubernetes-preserve-unknown-fields': true } as const;

/** Structural schemas of some depth, and values that may or may not fit them. */
const { schema, value } = fc.letrec<{ schema: JsonSchema; value: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.record({ type: fc.constantFrom('string', 'integer', 'boolean') }),
    fc.record({ type: fc.constant('integer'), default: fc.integer() }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('schema')),
      'x-kubernetes-preserve-unknown-fields': fc.boolean(),
    }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('schema') }),
  ) as fc.Arbitrary<JsonSchema>,
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 'x', 1),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'kind'), tie('value')),
  ),
}));
const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'kind'), value);
const json = (of: unknown) => JSON.parse(JSON.stringify(of));

describe('prune', () => {
  it('leaves nothing to prune, and tells of everything that goes', () => {
    fc.assert(
      fc.property(object, schema, (of, by) => {
        const before = json(of);
        const found: string[] = [];
        const once = prune(of, by, (path) => found.push(path));
        expect(json(of)).toEqual(before);
        const left: string[] = [];
        expect(json(prune(once, by, (path) => left.push(path)))).toEqual(json(once));
        expect(left).toEqual([]);
        expect(found.length === 0).toBe(JSON.stringify(once) === JSON.stringify(of));
      }),
    );
  });

  it.each<[JsonSchema, Record<string, unknown>, object, string[]]>([
    [{ properties: { a: text } }, { kind: 'K', a: 'x', b: 1 }, { kind: 'K', a: 'x' }, ['b']],
    [{ ...preserve, properties: { a: { properties: {} } } }, { b: 1, a: { c: 1 } }, { b: 1, a: {} }, ['a.c']],
    [
      { properties: { a: { items: { properties: { b: text } } } } },
      { a: [{ b: 'x', c: 1 }] },
      { a: [{ b: 'x' }] },
      ['a[0].c'],
    ],
    [
      { properties: { a: { additionalProperties: { properties: {} } } } },
      { a: { x: { y: 1 } } },
      { a: { x: {} } },
      ['a.x.y'],
    ],
    [
      { properties: { a: { 'x-kubernetes-embedded-resource': true, properties: {} } } },
      { a: { kind: 'X', metadata: { name: 'n' }, spec: 1 } },
      { a: { kind: 'X', metadata: { name: 'n' } } },
      ['a.spec'],
    ],
  ])('by %j makes of %j', (by, of, expected, paths) => {
    const found: string[] = [];
    expect(prune(of, by, (path) => found.push(path))).toEqual(expected);
    expect(found).toEqual(paths);
  });
});

describe('setDefaults', () => {
  it('changes nothing the second time, and not what it was given', () => {
    fc.assert(
      fc.property(object, schema, (of, by) => {
        const before = json(of);
        const once = setDefaults(of, by);
        expect(json(of)).toEqual(before);
        expect(json(setDefaults(once, by))).toEqual(json(once));
      }),
    );
  });

  it.each<[JsonSchema, unknown, unknown]>([
    [{ properties: { a: { default: 1 } } }, {}, { a: 1 }],
    [
      { properties: { a: { default: { b: 2 }, properties: { b: {}, c: { default: 3 } } } } },
      {},
      { a: { b: 2, c: 3 } },
    ],
    [{ properties: { a: { properties: { b: { default: 1 } } } } }, {}, {}],
    [{ properties: { a: { default: 1 } } }, { a: null }, { a: 1 }],
    [{ properties: { a: { nullable: true, default: 1 } } }, { a: null }, { a: null }],
    [{ properties: { a: text } }, { a: null }, {}],
    [{ additionalProperties: { default: 1 } }, { a: null }, { a: 1 }],
    [{ items: { properties: { a: { default: 1 } } } }, [{}, { a: 2 }], [{ a: 1 }, { a: 2 }]],
  ])('by %j makes of %j', (by, of, expected) => {
    expect(setDefaults(of, by)).toEqual(expected);
  });
});

describe('validateValue', () => {
  const problems = (by: JsonSchema, of: unknown, old?: unknown) =>
    validateValue(by, of, { path: 'a', root: '' }, old).errors.map(
      (each) => `${each.field}: ${fieldErrorBody(each)}`,
    );

  it.each<[JsonSchema, unknown, string[]]>([
    [
      { type: 'number', multipleOf: 0.5 },
      0.75,
      ['a: Invalid value: 0.75: a in body should be a multiple of 0.5'],
    ],
    [
      { type: 'integer', minimum: 3, exclusiveMinimum: true },
      3,
      ['a: Invalid value: 3: a in body should be greater than 3'],
    ],
    [
      { type: 'number', maximum: 1e6 },
      1000000.5,
      ['a: Invalid value: 1000000.5: a in body should be less than or equal to 1e+06'],
    ],
    [
      { type: 'integer', format: 'int32' },
      2 ** 31,
      ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in a'],
    ],
    [
      { type: 'string', minLength: 2 },
      '€',
      ['a: Invalid value: "€": a in body should be at least 2 chars long'],
    ],
    [
      { type: 'string', format: 'date-time' },
      'today',
      ['a: Invalid value: "today": a in body must be of type date-time: "today"'],
    ],
    [{ type: 'array', minItems: 1 }, [], ['a: Invalid value: 0: a in body should have at least 1 items']],
    [{ type: 'array', maxItems: 1 }, [1, 2], ['a: Too many: 2: must have at most 1 item']],
    [
      { type: 'object', minProperties: 1 },
      {},
      ['a: Invalid value: 0: a in body should have at least 1 properties'],
    ],
    [{ type: 'string' }, null, ['a: Invalid value: "null": a in body must be of type string: "null"']],
    [{ type: 'object', required: ['b'] }, {}, ['a.b: Required value']],
    [{ enum: [1, 'x'] }, 2, ['a: Unsupported value: 2: supported values: "1", "x"']],
    [{ not: { enum: [1] } }, 1, ['<nil>: Invalid value: "": "a" must not validate the schema (not)']],
    [
      { oneOf: [{ required: ['b'] }, { required: ['c'] }] },
      { b: 1, c: 1 },
      [
        '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    [
      { anyOf: [{ minimum: 5 }, { minimum: 3 }] },
      1,
      [
        '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
        'a: Invalid value: 1: a in body should be greater than or equal to 5',
      ],
    ],
    [
      { allOf: [{ minimum: 5 }] },
      1,
      [
        'a: Invalid value: 1: a in body should be greater than or equal to 5',
        '<nil>: Invalid value: "": "a" must validate all the schemas (allOf). None validated',
      ],
    ],
  ])('%j of %j', (by, of, expected) => {
    expect(problems(by, of)).toEqual(expected);
  });

  it('leaves alone what has not changed', () => {
    const by: JsonSchema = {
      type: 'object',
      properties: { b: { type: 'integer', minimum: 5 }, c: { type: 'integer', minimum: 5 } },
    };
    expect(problems(by, { b: 1, c: 2 }, { b: 1, c: 1 })).toEqual([
      'a.c: Invalid value: 2: a.c in body should be greater than or equal to 5',
    ]);
  });
});

describe('matchesFormat', () => {
  it.each([
    ['ipv4', ['10.0.0.1'], ['10.0.0', '::1']],
    ['ipv6', ['::1'], ['10.0.0.1']],
    ['cidr', ['10.0.0.0/8', 'fd00::/8'], ['10.0.0.0', '10.0.0.0/33']],
    ['mac', ['00:1b:44:11:3a:b7', '001b.4411.3ab7'], ['00:1b', '00:1b:44-11:3a:b7']],
    ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
    ['date', ['2026-02-28'], ['2026-02-30', '2026-2-1']],
    [
      'date-time',
      ['2026-02-28T10:00:00Z', '2026-02-28t10:00:00.5+01:00'],
      ['2026-02-28', '2026-02-28T25:00:00Z'],
    ],
    ['duration', ['1h30m', '-5s', '22 ns'], ['1x2', 'soon']],
    ['email', ['a@example.com'], ['a', 'a@b@c']],
    ['hostname', ['a.example.com'], ['-a', 'a..b']],
    ['uri', ['https://example.com/x', '/path'], ['not a uri']],
    ['byte', ['aGVsbG8='], ['a', '']],
    ['isbn', ['0321751043', '978-0321751041'], ['0321751044']],
    ['creditcard', ['4111 1111 1111 1111'], ['4111 1111 1111 1112']],
    ['hexcolor', ['#fff', 'FFFFFF'], ['#ff']],
    ['k8s-short-name', ['a-b'], ['A', 'a.b']],
    ['of-nobody', ['anything'], []],
  ])('%s', (format, good, bad) => {
    for (const each of good) expect(matchesFormat(format, each), each).toBe(true);
    for (const each of bad) expect(matchesFormat(format, each), each).toBe(false);
  });
});

describe('parseJsonPath', () => {
  const of = {
    spec: {
      list: [
        { type: 'A', n: 1 },
        { type: 'B', n: 2 },
      ],
      'a.b': 1,
    },
    metadata: { labels: { 'app.kubernetes.io/name': 'x' } },
  };

  it.each([
    ['.spec.list[0].type', ['A']],
    ['.spec.list[-1].n', [2]],
    ['.spec.list[*].n', [1, 2]],
    ['.spec.list[0:1].n', [1]],
    ['.spec.list[?(@.type=="B")].n', [2]],
    ['.spec.list[?(@.n>1)].type', ['B']],
    ["['spec']['a.b']", [1]],
    [String.raw`.metadata.labels.app\.kubernetes\.io/name`, ['x']],
    ['.metadata..name', []],
    ['.nope.nope', []],
    ['.__proto__', []],
  ])('%s', (path, expected) => {
    expect(parseJsonPath(path)?.(of)).toEqual(expected);
  });

  it.each(['.spec[', '.spec.list[?(@.type=)]', '.a b', '{.spec}'])('reads nothing of %s', (path) => {
    expect(parseJsonPath(path)).toBeUndefined();
  });
});

describe('compareVersions', () => {
  it('puts what is stable first, and what is no version last', () => {
    const expected = [
      'v10',
      'v2',
      'v1',
      'v11beta2',
      'v10beta3',
      'v3beta1',
      'v12alpha1',
      'v11alpha2',
      'foo1',
      'foo10',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(expected, { minLength: expected.length }), (shuffled) => {
        expect(shuffled.toSorted(compareVersions)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
