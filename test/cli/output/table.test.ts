import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/output/table.ts';

const TABLE = {
  columns: [{ header: 'NAME' }, { header: 'SOURCE', wide: true }, { header: 'VERBS' }] as const,
  rows: [
    ['jane', 'manifests', 'get,list'],
    ['a-long-name', 'cluster', ''],
  ],
};

describe('a table', () => {
  it('is aligned as kubectl does it, three spaces between columns', () => {
    expect(renderTable(TABLE, { wide: false, headers: true })).toBe(
      'NAME          VERBS\njane          get,list\na-long-name   <none>\n',
    );
  });

  it('shows more columns when it may be wide', () => {
    const [head] = renderTable(TABLE, { wide: true, headers: true }).split('\n');
    expect(head).toBe('NAME          SOURCE      VERBS');
  });

  it('can do without headers, and is then only as wide as its rows', () => {
    const rows = [['x', '', 'y']];
    expect(renderTable({ ...TABLE, rows }, { wide: false, headers: false })).toBe('x   y\n');
  });

  it('aligns characters, not UTF-16 units', () => {
    const rows = [
      ['😀', '', 'a'],
      ['ab', '', 'b'],
    ];
    expect(renderTable({ ...TABLE, rows }, { wide: false, headers: false })).toBe('😀    a\nab   b\n');
  });

  it('writes control characters out, so that a name cannot steer the terminal', () => {
    const rows = [['\u001b[31mroot\n\u202e', '', 'get']];
    expect(renderTable({ ...TABLE, rows }, { wide: false, headers: false })).toBe(
      '\\u001b[31mroot\\n\\u202e   get\n',
    );
  });
});
