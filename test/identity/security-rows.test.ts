import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const row = (number: number) => `S-${String(number).padStart(3, '0')}`;
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => row(from + index));

/** Attack rows about signing in, tokens, clients, browsers, passwords and the kubectl plugin; traps of oidc-provider. */
const ids = [
  ...range(1, 127),
  ...range(152, 165),
  ...Array.from({ length: 18 }, (_, index) => `T${index + 1}`),
];

/** Rows that no test is named by, and why. A row that gets a test leaves this list. */
const withoutTest: Readonly<Record<string, string>> = {};

/** Tests by the ids in their names, with the tables that tests run. */
function readTests(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of globSync('{test,e2e}/**/*.ts', { cwd: root })) {
    if (join(root, file) === import.meta.filename) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const id of new Set(text.match(/\b(?:S-\d{3}|T\d{1,2})\b/g))) {
      found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}

describe('every row', () => {
  const tests = readTests();

  it.each(ids)('%s has a test that is named by it, or a reason why not', (id) => {
    expect(tests.has(id) || withoutTest[id] !== undefined).toBe(true);
  });

  it.each(Object.keys(withoutTest))('%s is only excused while it has no test', (id) => {
    expect(tests.get(id) ?? []).toEqual([]);
  });
});
