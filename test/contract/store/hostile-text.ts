import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidTransactionError } from '../../../src/store/index.ts';
import { anyText } from '../../support/any-text.ts';
import { del, keys, put, record, type Subject, write } from './store-under-test.ts';

const HOSTILE = [
  '%',
  '_',
  '*',
  "'; DROP TABLE version; --",
  '"quoted"',
  'back\\slash',
  ' ',
  'a b',
  'A',
  'a',
  'é',
  'e\u0301',
  'ß',
  'İ',
  '\u0001',
  '\n',
  '\u007f',
  '\uffff',
  '\ufeffbom',
  '\u{10000}',
  '\u{10ffff}',
  '日本語/キー',
  '😀',
  '../../etc/passwd',
  '0',
  '-1',
  '__proto__',
  'constructor',
  `long/${'k'.repeat(2000)}`,
];

const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

export function describeHostileText(subject: Subject): void {
  describe('hostile text', () => {
    it('is kept as it is, as key and as value', async () => {
      const { store } = subject();
      await write(store, ...HOSTILE.map((text) => put(text, text)));
      for (const text of HOSTILE) expect(await store.get(text)).toMatchObject({ key: text, value: text });
      expect((await store.list('')).entries.map((entry) => entry.value)).toEqual(HOSTILE.toSorted(byBytes));
    });

    it('is no pattern in a prefix', async () => {
      const { store } = subject();
      await write(store, ...HOSTILE.map((text) => put(text)));
      for (const prefix of ['%', '_', '*', '\\', 'A', 'é', 'e', '\u{10ffff}', '\uffff', '\ud7ff', '😀']) {
        const expected = HOSTILE.filter((text) => text.startsWith(prefix)).toSorted(byBytes);
        expect(await keys(store, prefix)).toEqual(expected);
      }
    });

    it('orders astral characters after all others, as UTF-8 does and UTF-16 does not', async () => {
      const { store } = subject();
      await write(
        store,
        put('k😀'),
        put('k\uffff'),
        put('k\ue000'),
        put('kz'),
        put('k\u{10ffff}'),
        put('k\ud7ff'),
      );
      expect(await keys(store, 'k')).toEqual(['kz', 'k\ud7ff', 'k\ue000', 'k\uffff', 'k😀', 'k\u{10ffff}']);
      expect(await keys(store, 'k', { after: 'k\uffff' })).toEqual(['k😀', 'k\u{10ffff}']);
      expect(await keys(store, 'k', { before: 'k😀' })).toEqual(['kz', 'k\ud7ff', 'k\ue000', 'k\uffff']);
    });

    it.each([
      ['a/', ['a/', 'a/\u0001', 'a/b', 'a/\u{10ffff}'], ['a', 'a.', 'a0', 'A/', 'b']],
      ['a\ud7ff', ['a\ud7ff', 'a\ud7ffx', 'a\ud7ff\u{10ffff}'], ['a\ue000', 'a\ud7fe', 'a']],
      ['a\u{10ffff}', ['a\u{10ffff}', 'a\u{10ffff}z'], ['b', 'a', 'a\u{10fffe}']],
      ['\u{10ffff}', ['\u{10ffff}', '\u{10ffff}z', '\u{10ffff}\u{10ffff}'], ['a', '\u{10fffe}']],
      ['a\uffff', ['a\uffff', 'a\uffffz'], ['a\u{10000}', 'a\ufffe']],
      ['x😀', ['x😀', 'x😀y'], ['x😁', 'x', 'x\ud7ff']],
    ])('the prefix %j ends where it should, in lists and watches', async (prefix, inside, outside) => {
      const { store } = subject();
      const live = record(store, prefix, 0);
      await write(store, ...[...inside, ...outside].map((key) => put(key)));
      await write(store, ...outside.map((key) => del(key)));
      expect(await keys(store, prefix)).toEqual(inside);
      expect(await keys(store, prefix, { revision: 1 })).toEqual(inside);
      const expected = [['1', ...inside.map((key) => `+${key}=`)].join(' ')];
      await live.expectCalls(expected);
      await record(store, prefix, 0).expectCalls(expected);
    });

    it('comes back from lists in the order of its UTF-8 bytes, page by page', async () => {
      const { store } = subject();
      const text = anyText({ minLength: 1, maxLength: 4 }).map((key) => key.replaceAll('\0', ''));
      const sample = [...new Set(fc.sample(text, { numRuns: 300, seed: 7 }))];
      await write(store, ...sample.map((key) => put(key)));
      const listed: string[] = [];
      for (;;) {
        const after = listed.at(-1);
        const page = await store.list('', { limit: 37, ...(after !== undefined && { after }) });
        listed.push(...page.entries.map((entry) => entry.key));
        if (page.remaining === 0) break;
      }
      expect(listed).toEqual(sample.toSorted(byBytes));
    });

    it.each([
      ['a key with NUL', 'a\0b', ''],
      ['a value with NUL', 'a', 'x\0y'],
      ['a key with a lone surrogate', 'a\ud83d', ''],
      ['a value with a lone surrogate', 'a', '\ude00'],
    ])('that not every store could keep is refused: %s', async (_name, key, value) => {
      const { store } = subject();
      await expect(store.txn([], [put('ok'), put(key, value)])).rejects.toThrow(InvalidTransactionError);
      expect(await store.revision()).toBe(0);
    });

    it('that no store holds is absent, not mistaken for what it decays to', async () => {
      const { store } = subject();
      await write(store, put('a\ufffd'), put('a'));
      expect(await store.get('a\ud83d')).toBeUndefined();
      expect(await store.get('a\0')).toBeUndefined();
      expect(await store.get('a\0b')).toBeUndefined();
      await expect(store.list('a\ud83d')).rejects.toThrow(InvalidTransactionError);
    });
  });
}
