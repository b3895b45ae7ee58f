import { describe, expect, it } from 'vitest';
import {
  decodeListOptions,
  labelSelectorMatcher,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseGoQuery,
  parseLabelSelector,
  requiredFieldValue,
  SelectorError,
} from '../../src/kube/index.ts';

const KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

describe('parseLabelSelector', () => {
  it.each([
    ['', []],
    [' ', []],
    ['a', [{ key: 'a', operator: 'exists', values: [] }]],
    ['!a', [{ key: 'a', operator: '!', values: [] }]],
    ['! a', [{ key: 'a', operator: '!', values: [] }]],
    ['a=b', [{ key: 'a', operator: '=', values: ['b'] }]],
    ['a == b', [{ key: 'a', operator: '==', values: ['b'] }]],
    ['a!=b', [{ key: 'a', operator: '!=', values: ['b'] }]],
    ['a=', [{ key: 'a', operator: '=', values: [''] }]],
    ['a>1', [{ key: 'a', operator: 'gt', values: ['1'] }]],
    ['a<10', [{ key: 'a', operator: 'lt', values: ['10'] }]],
    ['a in (c,b,c)', [{ key: 'a', operator: 'in', values: ['b', 'c'] }]],
    ['a notin ()', [{ key: 'a', operator: 'notin', values: [''] }]],
    ['a in (,b,)', [{ key: 'a', operator: 'in', values: ['', 'b'] }]],
    ['a in (b,,c)', [{ key: 'a', operator: 'in', values: ['', 'b', 'c'] }]],
    ['in in (in,notin)', [{ key: 'in', operator: 'in', values: ['in', 'notin'] }]],
    [
      'x.y/a=b,c',
      [
        { key: 'x.y/a', operator: '=', values: ['b'] },
        { key: 'c', operator: 'exists', values: [] },
      ],
    ],
    ['a\0', [{ key: 'a', operator: 'exists', values: [] }]],
  ])('reads %j', (text, requirements) => {
    expect(parseLabelSelector(text)).toEqual(requirements);
  });

  it.each([
    ['a===b', "unable to parse requirement: found '=', expected: identifier"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a in (b,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a!', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${KEY_RULE}`],
    ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": ${VALUE_RULE}`],
    [
      'a>b',
      `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('refuses %j in the words of kube-apiserver', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new SelectorError(message));
  });

  it.each([
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['a', undefined, false],
    ['!a', { a: '' }, false],
    ['!a', undefined, true],
    ['a=b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a=', {}, false],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a in (b,c)', { a: 'c' }, true],
    ['a in (b,c)', {}, false],
    ['a notin (b,c)', { a: 'c' }, false],
    ['a notin (b,c)', {}, true],
    ['a>1', { a: '2' }, true],
    ['a>1', { a: '1' }, false],
    ['a<1', { a: 'x' }, false],
    ['a<1', { a: '-9223372036854775808' }, true],
    ['a=b,c=d', { a: 'b' }, false],
    ['constructor', {}, false],
    ['!constructor', {}, true],
  ])('%j on %j selects: %j', (text, labels, selected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(selected);
  });
});

describe('labelSelectorMatcher', () => {
  it('selects nothing when absent and everything when empty', () => {
    expect(labelSelectorMatcher(undefined)({ a: 'b' })).toBe(false);
    expect(labelSelectorMatcher({})(undefined)).toBe(true);
  });

  it('demands both labels and expressions', () => {
    const matches = labelSelectorMatcher({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }],
    });
    expect(matches({ app: 'web', tier: 'front' })).toBe(true);
    expect(matches({ app: 'web', tier: 'db' })).toBe(false);
    expect(matches({ tier: 'front' })).toBe(false);
  });

  it.each([
    [{ key: 'a', operator: 'Like' }, '"Like" is not a valid label selector operator'],
    [
      { key: 'a', operator: 'In' },
      "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    [
      { key: '-', operator: 'Exists', values: ['x'] },
      `[key: Invalid value: "-": ${KEY_RULE}, values: Invalid value: ["x"]: values set must be empty for exists and does not exist]`,
    ],
  ])('refuses the expression %j', (expression, message) => {
    expect(() => labelSelectorMatcher({ matchExpressions: [expression] })).toThrow(
      new SelectorError(message),
    );
  });
});

describe('parseFieldSelector', () => {
  it.each([
    ['', []],
    [',,', []],
    ['a=b', [['a', '=', 'b']]],
    ['a==b', [['a', '=', 'b']]],
    ['a!=b', [['a', '!=', 'b']]],
    ['=x', [['', '=', 'x']]],
    [
      'b=1,a=2,',
      [
        ['a', '=', '2'],
        ['b', '=', '1'],
      ],
    ],
    ['a=b\\,c\\=d\\\\', [['a', '=', 'b,c=d\\']]],
    ['metadata.name=x ', [['metadata.name', '=', 'x ']]],
  ])('reads %j', (text, terms) => {
    expect(parseFieldSelector(text).map(({ field, operator, value }) => [field, operator, value])).toEqual(
      terms,
    );
  });

  it.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['b=c,a', "invalid selector: 'b=c,a'; can't understand 'a'"],
    ['a in (b)', "invalid selector: 'a in (b)'; can't understand 'a in (b)'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a===b', 'invalid field selector: unescaped character in value: 61'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
    ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
  ])('refuses %j in the words of kube-apiserver', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(new SelectorError(message));
  });

  it('finds the value that a field must have', () => {
    const terms = parseFieldSelector('metadata.name!=z,metadata.name=y,spec.x=1');
    expect(requiredFieldValue(terms, 'metadata.name')).toBe('y');
    expect(requiredFieldValue(terms, 'metadata.namespace')).toBeUndefined();
  });

  it('selects by every term, an absent field being empty', () => {
    const fields = new Map([['metadata.name', 'a']]);
    const selects = (text: string) => matchesFields(parseFieldSelector(text), (field) => fields.get(field));
    expect(selects('metadata.name=a,spec.nodeName=')).toBe(true);
    expect(selects('metadata.name=a,spec.nodeName!=')).toBe(false);
    expect(selects('metadata.name!=a')).toBe(false);
  });
});

describe('decodeListOptions', () => {
  const decode = (query: string) => decodeListOptions(parseGoQuery(query));

  it('reads the first value of each parameter', () => {
    expect(decode('limit=5&limit=x&timeoutSeconds=%2B9&watch&sendInitialEvents=0&continue=c')).toEqual({
      labelSelector: [],
      fieldSelector: [],
      watch: true,
      allowWatchBookmarks: false,
      resourceVersion: '',
      resourceVersionMatch: '',
      timeoutSeconds: 9,
      limit: 5,
      continue: 'c',
      sendInitialEvents: false,
    });
  });

  it.each([
    ['limit=abc', 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['limit=', 'strconv.ParseInt: parsing "": invalid syntax'],
    [
      'timeoutSeconds=99999999999999999999',
      'strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    ['labelSelector=a===b', "unable to parse requirement: found '=', expected: identifier"],
    ['fieldSelector=a', "invalid selector: 'a'; can't understand 'a'"],
  ])('fails as a whole for %s', (query, failure) => {
    expect(decode(query)).toEqual({ failure });
  });
});
