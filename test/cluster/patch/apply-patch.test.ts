import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptedPatchTypes, applyPatch } from '../../../src/cluster/patch/index.ts';
import { findResourceType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { StatusError } from '../../../src/kube/index.ts';

const configMaps = findResourceType('', 'v1', 'configmaps');
if (configMaps === undefined) throw new Error('not served');
const type = configMaps;
const jsonPatchType = 'application/json-patch+json';
const mergePatchType = 'application/merge-patch+json';

function apply(contentType: string, current: object, patch: unknown): KubeObject {
  return applyPatch({ contentType, current: { metadata: {}, ...current }, patch, type });
}

function failure(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return { code: error.status.code, message: error.status.message };
    throw error;
  }
  return undefined;
}

const rejected = { code: 422, message: 'the server rejected our request due to an error in our request' };
const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

describe('JSON patch', () => {
  const current = { data: { k: 'v', 'a/b': '1', 'c~d': '2' }, list: [1, 2, 3] };

  it.each([
    ['adds a member', [{ op: 'add', path: '/data/x', value: 'y' }], { data: { ...current.data, x: 'y' } }],
    [
      'replaces a member',
      [{ op: 'replace', path: '/data/k', value: 'w' }],
      { data: { ...current.data, k: 'w' } },
    ],
    ['removes a member', [{ op: 'remove', path: '/data/k' }], { data: { 'a/b': '1', 'c~d': '2' } }],
    [
      'unescapes the path',
      [
        { op: 'replace', path: '/data/a~1b', value: 'x' },
        { op: 'replace', path: '/data/c~0d', value: 'y' },
      ],
      { data: { k: 'v', 'a/b': 'x', 'c~d': 'y' } },
    ],
    ['inserts into a list', [{ op: 'add', path: '/list/1', value: 9 }], { list: [1, 9, 2, 3] }],
    ['appends to a list', [{ op: 'add', path: '/list/-', value: 9 }], { list: [1, 2, 3, 9] }],
    ['removes from a list', [{ op: 'remove', path: '/list/0' }], { list: [2, 3] }],
    [
      'moves',
      [{ op: 'move', from: '/data/k', path: '/data/m' }],
      { data: { 'a/b': '1', 'c~d': '2', m: 'v' } },
    ],
    [
      'copies',
      [
        { op: 'copy', from: '/list', path: '/copy' },
        { op: 'add', path: '/copy/-', value: 4 },
      ],
      { list: [1, 2, 3], copy: [1, 2, 3, 4] },
    ],
    [
      'tests a value',
      [
        { op: 'test', path: '/list', value: [1, 2, 3] },
        { op: 'remove', path: '/list' },
      ],
      { list: undefined },
    ],
    ['tests for absence by null', [{ op: 'test', path: '/data/zz', value: null }], {}],
    // Recorded: kube-apiserver's library does not ask for a value, nor for a member that is replaced or copied.
    [
      'replaces what is absent',
      [{ op: 'replace', path: '/data/x', value: 'y' }],
      { data: { ...current.data, x: 'y' } },
    ],
    ['takes no value for null', [{ op: 'add', path: '/data/x' }], { data: { ...current.data, x: null } }],
    [
      'copies what is absent as null',
      [{ op: 'copy', from: '/constructor', path: '/data/x' }],
      { data: { ...current.data, x: null } },
    ],
  ])('%s', (_name, patch, expected) => {
    expect(apply(jsonPatchType, current, patch)).toEqual({ metadata: {}, ...current, ...expected });
  });

  it.each([
    ['a failed test (recorded)', [{ op: 'test', path: '/data/k', value: 'zz' }]],
    ['a missing path (recorded)', [{ op: 'remove', path: '/data/nope' }]],
    ['replacing an absent element', [{ op: 'replace', path: '/list/3', value: '1' }]],
    ['replacing below what is absent', [{ op: 'replace', path: '/nope/x', value: '1' }]],
    ['an absent parent', [{ op: 'add', path: '/nope/x', value: '1' }]],
    ['an index past the end', [{ op: 'add', path: '/list/4', value: 1 }]],
    ['an index with a leading zero', [{ op: 'remove', path: '/list/01' }]],
    ['an unknown operation', [{ op: 'explode', path: '/data' }]],
    ['no path', [{ op: 'remove' }]],
    ['a path without a slash', [{ op: 'remove', path: 'data' }]],
    ['a bad escape', [{ op: 'remove', path: '/data/~2' }]],
    ['a move into itself', [{ op: 'move', from: '/data', path: '/data/x' }]],
    ['a path through a scalar', [{ op: 'add', path: '/data/k/x', value: 1 }]],
    ['a prototype', [{ op: 'add', path: '/__proto__/polluted', value: 1 }]],
    ['an inherited member', [{ op: 'copy', from: '/constructor/name', path: '/data/x' }]],
    ['a result that is no object', [{ op: 'replace', path: '', value: 5 }]],
    ['metadata that is no object', [{ op: 'replace', path: '/metadata', value: 5 }]],
  ])('refuses %s with 422', (_name, patch) => {
    expect(failure(() => apply(jsonPatchType, current, patch))).toEqual(rejected);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    [
      'an object (recorded)',
      { op: 'x' },
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      'a list of scalars',
      ['x'],
      'error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp',
    ],
    [
      'a bottomless value',
      [{ op: 'add', path: '/data/x', value: nested(5000) }],
      'error decoding patch: json: exceeded max depth',
    ],
  ])('refuses %s with 400', (_name, patch, message) => {
    expect(failure(() => apply(jsonPatchType, current, patch))).toEqual({ code: 400, message });
  });

  it('refuses too many operations with 413', () => {
    const operations = Array(10_001).fill({ op: 'test', path: '' });
    expect(failure(() => apply(jsonPatchType, current, operations))).toEqual({
      code: 413,
      message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    });
  });

  it('bounds what copies may grow to', () => {
    const doubling = Array.from({ length: 60 }, (_each, index) => ({
      op: 'copy',
      from: '/data',
      path: `/data/x${index}`,
    }));
    expect(failure(() => apply(jsonPatchType, current, doubling))).toEqual(rejected);
  });

  it('changes nothing of its argument when a later operation fails', () => {
    const before = structuredClone(current);
    failure(() =>
      apply(jsonPatchType, current, [
        { op: 'remove', path: '/data/k' },
        { op: 'remove', path: '/nope' },
      ]),
    );
    expect(current).toEqual(before);
  });
});

describe('merge patch', () => {
  // RFC 7386, appendix A, below one field.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j gives %j', (x, patch, expected) => {
    expect(apply(mergePatchType, { x }, { x: patch })['x']).toEqual(expected);
  });

  it('refuses a list with 400', () => {
    const message =
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}';
    expect(failure(() => apply(mergePatchType, {}, []))).toEqual({ code: 400, message });
  });

  it('keeps __proto__ an ordinary member', () => {
    const patched = apply(
      mergePatchType,
      { data: {} },
      JSON.parse('{"data":{"__proto__":{"polluted":"x"}}}'),
    );
    expect(Object.getPrototypeOf(patched['data'])).toBe(Object.prototype);
    expect(Object.keys(patched['data'] as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('applyPatch', () => {
  it('takes parameters and another case in the Content-Type', () => {
    expect(apply('Application/Merge-Patch+JSON; charset=utf-8', {}, { data: { a: '1' } })['data']).toEqual({
      a: '1',
    });
  });

  it('refuses other types with 415', () => {
    expect(failure(() => apply('application/json', {}, {}))).toEqual({
      code: 415,
      message: '415: Unsupported Media Type',
    });
    expect(failure(() => apply('application/apply-patch+yaml', {}, {}))).toEqual({
      code: 415,
      message: `the body of the request was in an unknown format - accepted media types include: ${acceptedPatchTypes.join(', ')}`,
    });
  });

  const name = fc.constantFrom('a', 'b', 'c/d', 'e~f', '0', '__proto__');
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('x', 1, true),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  })).object as fc.Arbitrary<Record<string, unknown>>;

  it('reaches any target by the merge patch of the difference', () => {
    fc.assert(
      fc.property(json, json, (current, target) => {
        const patched = apply(mergePatchType, { data: current }, { data: mergeDiff(current, target) });
        expect(patched['data']).toStrictEqual(target);
      }),
    );
  });

  it('reaches any target by the JSON patch of the difference', () => {
    const safe = json.filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(safe, safe, (current, target) => {
        const patched = apply(jsonPatchType, { data: current }, jsonDiff('/data', current, target));
        expect(patched['data']).toStrictEqual(target);
      }),
    );
  });
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7386 in reverse, by plain recursion. */
function mergeDiff(current: unknown, target: unknown): unknown {
  if (!isObject(target)) return target;
  const before = isObject(current) ? current : {};
  const removed = Object.keys(before)
    .filter((key) => !Object.hasOwn(target, key))
    .map((key) => [key, null]);
  const kept = Object.entries(target).map(([key, value]) => [
    key,
    mergeDiff(Object.hasOwn(before, key) ? before[key] : undefined, value),
  ]);
  return Object.fromEntries([...removed, ...kept]);
}

function jsonDiff(path: string, current: unknown, target: unknown): object[] {
  if (!isObject(current) || !isObject(target)) return [{ op: 'replace', path, value: target }];
  const at = (key: string) => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...Object.keys(current)
      .filter((key) => !Object.hasOwn(target, key))
      .map((key) => ({ op: 'remove', path: at(key) })),
    ...Object.entries(target).flatMap(([key, value]) =>
      Object.hasOwn(current, key)
        ? jsonDiff(at(key), current[key], value)
        : [{ op: 'add', path: at(key), value }],
    ),
  ];
}
