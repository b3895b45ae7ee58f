import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseYamlBody } from '../../src/http/index.ts';

const parse = (text: string) => parseYamlBody(Buffer.from(text));

describe('a body in YAML', () => {
  it('means the JSON value that it is written as', () => {
    expect(parse('metadata: { name: a }\ndata:\n  b: "1"\n  c: yes\n  d: 5\n  e: [true, null]\n')).toEqual({
      metadata: { name: 'a' },
      data: { b: '1', c: 'yes', d: 5, e: [true, null] },
    });
    expect(parse('')).toBeNull();
  });

  it('round-trips every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(parse(stringify(plain, { aliasDuplicateObjects: false }))).toEqual(plain);
      }),
    );
  });

  it('takes __proto__ as an ordinary key', () => {
    const value = parse('__proto__: { polluted: true }') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    [
      'keys that are collections, which cost seconds a kilobyte',
      `${'? '.repeat(400)}a`,
      /key must be a string|deeper/,
    ],
    ['aliases, which multiply', 'a: &x [1]\nb: *x', /aliases are not taken/],
    ['deep nesting', `${'['.repeat(200)}${']'.repeat(200)}`, /nested deeper than 100/],
    ['a key twice', 'a: 1\na: 2', /key "a" is given twice/],
    ['broken text', 'a: [', /./],
    ['more than 64 KiB', `a: ${'x'.repeat(70_000)}`, /may have 65536 bytes; send JSON/],
  ])('S-233 is refused with %s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
