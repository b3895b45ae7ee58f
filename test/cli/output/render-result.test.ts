import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UsageError } from '../../../src/cli/command.ts';
import { chooseOutput, type Result, renderResult, yamlText } from '../../../src/cli/output/index.ts';

const RESULT: Result = {
  kind: 'TestResult',
  body: { names: ['yes', '1:30', '\u001b[2J\u0085'], left: undefined },
  human: { columns: [{ header: 'NAME' }], rows: [] },
  whenEmpty: 'Nobody.',
};

function render(format: string, result = RESULT): string {
  return renderResult(result, chooseOutput({ output: format }));
}

describe('a result', () => {
  it('is versioned JSON, without what is undefined', () => {
    expect(JSON.parse(render('json'))).toEqual({
      apiVersion: 'sallyport.dev/v1alpha1',
      kind: 'TestResult',
      names: ['yes', '1:30', '\u001b[2J\u0085'],
    });
  });

  it('is the same in YAML', () => {
    expect(parse(render('yaml'), { version: '1.1' })).toEqual(JSON.parse(render('json')));
  });

  it.each(['json', 'yaml'])('has no control characters in %s', (format) => {
    expect(render(format).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('quotes in YAML what kubectl would not read as a string', () => {
    expect(render('yaml')).toContain('"yes"');
    expect(render('yaml')).toContain('"1:30"');
  });

  it('says so when there is nothing to tabulate', () => {
    expect(render('table')).toBe('Nobody.\n');
    expect(render('wide')).toBe('Nobody.\n');
  });

  it('may be text for people', () => {
    expect(render('table', { ...RESULT, human: 'yes\n' })).toBe('yes\n');
  });

  it('refuses a format that the command does not have, as kubectl words it', () => {
    expect(() => chooseOutput({ output: 'sarif' })).toThrow(UsageError);
    expect(() => chooseOutput({ output: 'xml' })).toThrow(
      'unable to match a printer suitable for the output format "xml", allowed formats are: table,wide,json,yaml',
    );
    expect(chooseOutput({ output: 'sarif' }, ['sarif']).format).toBe('sarif');
  });

  it('separates YAML documents', () => {
    expect(yamlText({ a: 1 }, { b: 2 })).toBe('a: 1\n---\nb: 2\n');
  });
});
