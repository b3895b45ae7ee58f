import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readListPage } from '../../../src/gateway/list/list-page.ts';

const metadata = { resourceVersion: '12', continue: 'next' };
const item = fc.jsonValue().map((value) => ({ metadata: { name: 'x' }, value }));

function read(text: string) {
  return readListPage(Buffer.from(text));
}

describe('a page of a list', () => {
  it('is taken apart without decoding what is in it', () => {
    fc.assert(
      fc.property(fc.array(item), fc.constantFrom('items', 'rows'), fc.boolean(), (items, name, isPretty) => {
        const list = { kind: 'List', apiVersion: 'v1', metadata, columns: [{ a: '[]{}' }], [name]: items };
        const page = read(isPretty ? JSON.stringify(list, undefined, 2) : JSON.stringify(list));
        expect(page).toMatchObject({ itemsName: name, count: items.length });
        expect([page.resourceVersion, page.continue]).toEqual(['12', 'next']);
        expect(JSON.parse(`[${page.items}]`)).toEqual(JSON.parse(JSON.stringify(items)));
        expect(JSON.parse(`{${page.head.join(',')}}`)).toEqual({
          kind: 'List',
          apiVersion: 'v1',
          columns: [{ a: '[]{}' }],
        });
      }),
    );
  });

  it('keeps what JSON.parse would change', () => {
    const items = '{"big":9007199254740993,"float":1.0,"2":"b","10":"a","text":"\\u00e9\\"\\\\"}';
    const { items: kept } = read(`{"metadata":{"resourceVersion":"1"},"items":[${items}]}`);
    expect(kept.toString()).toBe(items);
  });

  it('may be empty, or null as Go writes it', () => {
    for (const empty of ['[]', '[ ]', 'null']) {
      const page = read(`{"items": ${empty} , "metadata":{"resourceVersion":"1"}}\n`);
      expect([page.count, page.items.length, page.continue]).toEqual([0, 0, '']);
    }
  });

  it('need not have a revision: those of some aggregated APIs have none', () => {
    expect(read('{"metadata":{},"items":[{}]}')).toMatchObject({
      count: 1,
      resourceVersion: '',
      continue: '',
    });
  });

  it.each([
    '',
    'x',
    '[]',
    '{',
    '{}',
    '{"metadata":{"resourceVersion":"1"}}',
    '{"items":[]}',
    '{"metadata":{"resourceVersion":"1"},"items":[{]}',
    '{"metadata":{"resourceVersion":"1"},"items":["}',
    '{"metadata":{"resourceVersion":"1"},"items":{}}',
    '{"metadata":{"resourceVersion":"1"} "items":[]}',
    '{"metadata":{"resourceVersion":"1"},"items":[1 2]}',
  ])('is refused when it is %s', (text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });
});
