import { expect, test } from 'vitest';
import { createRecentEntries } from '../../../src/store/sqlite/recent-entries.ts';

function entry(key: string, value = 'v') {
  return { key, value, createRevision: 1, modRevision: 1 };
}

test('an entry is the one that was set last, or known to be none', () => {
  const recent = createRecentEntries();
  expect(recent.get('a')).toBeUndefined();
  recent.set('a', entry('a', '1'));
  recent.set('a', entry('a', '2'));
  expect(recent.get('a')?.value).toBe('2');
  recent.set('a', null);
  expect(recent.get('a')).toBeNull();
});

test('the older half is forgotten when all are too long together', () => {
  const recent = createRecentEntries(64);
  const keys = Array.from({ length: 40 }, (_, index) => `k${index + 10}`);
  for (const key of keys) recent.set(key, entry(key));
  expect(keys.filter((key) => recent.get(key) !== undefined)).toEqual(keys.slice(-13));
  recent.clear();
  expect(keys.filter((key) => recent.get(key) !== undefined)).toEqual([]);
});

test('an entry that is set anew is not forgotten with the older half', () => {
  const recent = createRecentEntries(64);
  recent.set('a', entry('a', '1'));
  for (let index = 0; index < 9; index++) recent.set(`k${index}`, entry('k', 'v'));
  recent.set('a', entry('a', '2'));
  for (let index = 0; index < 9; index++) recent.set(`l${index}`, entry('l', 'v'));
  expect(recent.get('a')?.value).toBe('2');
});

test('a long entry pushes nothing out', () => {
  const recent = createRecentEntries(64);
  recent.set('a', entry('a'));
  recent.set('b', entry('b', 'x'.repeat(100)));
  expect(recent.get('a')).toBeDefined();
  expect(recent.get('b')).toBeUndefined();
});

test('an entry that grew too long is not answered with what it was', () => {
  const recent = createRecentEntries(64);
  recent.set('a', entry('a'));
  recent.set('a', entry('a', 'x'.repeat(100)));
  expect(recent.get('a')).toBeUndefined();
});
