import { describe, expect, it } from 'vitest';
import { LineCounter } from 'yaml';
import { parseOneDocument } from '../../src/gateway/parse-one-document.ts';

const parse = (text: string) => parseOneDocument(text, new LineCounter(), 'nothing here');

describe('a configuration file', () => {
  it.each(['a: 1\n', '---\na: 1\n', '{"a": 1}'])('is one document of YAML or JSON: %j', (text) => {
    const document = parse(text);
    expect(Array.isArray(document) ? document : document.toJS()).toEqual({ a: 1 });
  });

  it('is read as YAML 1.1, as Kubernetes reads it', () => {
    const document = parse('a: yes\n');
    expect(Array.isArray(document) ? document : document.toJS()).toEqual({ a: true });
  });

  it.each([
    ['', 0, 'nothing here'],
    [' \n\n', 0, 'nothing here'],
    ['a: 1\n---\nb: 2\n', 5, 'only one YAML document is allowed'],
  ])('%j is refused with its place', (text, offset, message) => {
    expect(parse(text)).toEqual([{ offset, message }]);
  });

  it('names what is not YAML', () => {
    expect(parse('a: "x\n')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^yaml: /) }),
    ]);
  });
});
