import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateFields } from '../../src/kube/index.ts';

describe('duplicateFields', () => {
  it.each([
    ['{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a9","name":"a8"}}', ['metadata.name']],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"a":{"x":1},"a":{"x":1}}', ['a']],
    ['{"l":[{"x":1,"x":2},{"y":1,"y":2}]}', ['l[0].x', 'l[1].y']],
    ['{"l":[[1,2],[{"x":1,"x":2}]]}', ['l[1][0].x']],
    [String.raw`{"name":1,"n\u0061me":2}`, ['name']],
    [String.raw`{"a":"\"}{","b":"\\","b":"]"}`, ['b']],
    ['{"a":"a","b":"a"}', []],
    ['[{"a":1},{"a":2}]', []],
    ['{ "a" : { } , "b" : [ ] , "a" : 1 }', ['a']],
    ['"a"', []],
    ['{}', []],
  ])('of %s', (text, fields) => {
    expect(duplicateFields(text)).toEqual(fields.map((field) => `duplicate field "${field}"`));
  });

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(duplicateFields(text)).toEqual([]);
      }),
    );
  });

  it('finds a key that is repeated in any object', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), (key, text) => {
        const quoted = JSON.stringify(key);
        expect(duplicateFields(`[{${quoted}:${text},${quoted}:1}]`)).toEqual([
          `duplicate field "[0].${key}"`,
        ]);
      }),
    );
  });

  it('does not recurse into the depth of the text', () => {
    expect(duplicateFields('['.repeat(200_000) + ']'.repeat(200_000))).toEqual([]);
  });
});
