import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeGoJson,
  goQuote,
  goTrim,
  goTrimRight,
  goValue,
  htmlSanitize,
  indentGoJson,
  parseGoInt64,
  parseGoQuery,
  wantsPretty,
} from '../../src/kube/index.ts';

it('goValue prints what JSON has, as %+v does', () => {
  const value = { b: [1, 'x y', null, { c: true }], a: {}, d: [] };
  expect(goValue(value)).toBe('map[a:map[] b:[1 x y <nil> map[c:true]] d:[]]');
});

describe('goQuote', () => {
  it.each([
    ['plain text', '"plain text"'],
    ['', '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1b\x7f', '"\\x00\\x1b\\x7f"'],
    ['\u0080\u00a0\u00ad', '"\\u0080\\u00a0\\u00ad"'],
    ['\u200b\u202e\u2028\ufeff', '"\\u200b\\u202e\\u2028\\ufeff"'],
    ['ü€日', '"ü€日"'],
    ['😀', '"😀"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['a\ud800b', '"a\ufffdb"'],
  ])('quotes %j', (text, quoted) => {
    expect(goQuote(text)).toBe(quoted);
  });
});

describe('encodeGoJson', () => {
  it('escapes what could be read as HTML or as a line end of JavaScript', () => {
    expect(encodeGoJson({ a: '<b>&\u2028\u2029' })).toBe('{"a":"\\u003cb\\u003e\\u0026\\u2028\\u2029"}');
  });

  it('replaces lone surrogates only, and leaves a text about them alone', () => {
    expect(encodeGoJson(['\ud800', '😀'])).toBe('["\ufffd","😀"]');
    expect(encodeGoJson(['\\ud800'])).toBe('["\\\\ud800"]');
  });
});

describe('indentGoJson', () => {
  it('indents, and escapes the same', () => {
    expect(indentGoJson({ a: '<', b: {}, c: ['\ud800'] })).toBe(
      '{\n  "a": "\\u003c",\n  "b": {},\n  "c": [\n    "\ufffd"\n  ]\n}',
    );
  });
});

describe('wantsPretty', () => {
  it.each([
    ['', 'curl/8.0', true],
    ['', 'Mozilla/5.0 (X11)', true],
    ['', 'kubectl/v1.35.0', false],
    ['', undefined, false],
    ['true', 'kubectl/v1.35.0', true],
    ['1', undefined, true],
    ['false', 'curl/8.0', false],
    ['maybe', 'curl/8.0', false],
  ])('?pretty=%s of %s: %s', (pretty, userAgent, expected) => {
    expect(wantsPretty(pretty, userAgent)).toBe(expected);
  });
});

describe('htmlSanitize', () => {
  it('escapes once', () => {
    expect(htmlSanitize('<&lt;>')).toBe('&lt;&amp;lt;&gt;');
  });
});

describe('parseGoQuery', () => {
  it.each([
    ['', []],
    ['&&', []],
    ['=', [['', '']]],
    ['a', [['a', '']]],
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
    ['a+b=c+d%2B', [['a b', 'c d+']]],
    ['a=1;b=2&c=3', [['c', '3']]],
    ['a=%zz&%=1&b=%4&c=%41', [['c', 'A']]],
    ['a=%c3%bc%ff', [['a', 'ü\ufffd']]],
    ['?watch=1', [['?watch', '1']]],
    ['__proto__=x', [['__proto__', 'x']]],
  ])('reads %j', (raw, pairs) => {
    expect(parseGoQuery(raw)).toEqual(pairs);
  });
});

describe('parseGoInt64', () => {
  it.each([
    ['0', 0],
    ['-1', -1],
    ['+5', 5],
    ['007', 7],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', 'value out of range'],
    ['99999999999999999999', 'value out of range'],
    ['', 'invalid syntax'],
    [' 5', 'invalid syntax'],
    ['1.5', 'invalid syntax'],
    ['0x10', 'invalid syntax'],
    ['1_000', 'invalid syntax'],
    ['٣', 'invalid syntax'],
  ])('reads %j', (text, value) => {
    expect(parseGoInt64(text)).toBe(value);
  });
});

describe('goTrim', () => {
  it('leaves what JavaScript leaves, and nothing of what it is to take away', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', 'a', '/') }), (text) => {
        expect(goTrim(text, ' \t')).toBe(text.trim());
        expect(goTrimRight(text, ' \t')).toBe(text.trimEnd());
      }),
    );
  });

  it('takes several characters away, and all of a text', () => {
    expect(goTrimRight('/apis//', '/')).toBe('/apis');
    expect(goTrim('//', '/')).toBe('');
  });
});
