import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHandedOut } from '../../src/plugin/handed-out.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-handed-'));
  path = join(directory, 'handed-out');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (parent: string, at = 0) => openHandedOut(path, parent, () => at);

describe('who was handed which token', () => {
  it('is remembered of the last 32 parents', () => {
    for (let parent = 0; parent < 40; parent++) open(`kubectl ${parent}`).remember('token', false);
    const suspects = Array.from({ length: 40 }, (_, parent) => parent).filter((parent) =>
      open(`kubectl ${parent}`, 60_000).wasRefused('token'),
    );
    expect(suspects).toEqual(Array.from({ length: 32 }, (_, index) => index + 8));
  });

  it('suspects only the same token of the same parent, and not again within a minute', () => {
    open('a').remember('one', false);
    expect(open('a', 60_000).wasRefused('one')).toBe(true);
    expect(open('a', 60_000).wasRefused('two')).toBe(false);
    expect(open('b', 60_000).wasRefused('one')).toBe(false);
    open('a', 60_000).remember('two', true);
    expect(open('a', 119_999).wasRefused('two')).toBe(false);
    expect(open('a', 120_000).wasRefused('two')).toBe(true);
  });

  it.each(['', '{', '{}', '[1]', '[{"parent":1}]'])('is nothing where the file says %j', (text) => {
    writeFileSync(path, text);
    expect(open('a', 60_000).wasRefused('one')).toBe(false);
    open('a').remember('one', false);
    expect(open('a', 60_000).wasRefused('one')).toBe(true);
  });

  it('does not matter where nothing can be written', () => {
    const elsewhere = openHandedOut(join(directory, 'gone', 'handed-out'), 'a', () => 0);
    expect(() => elsewhere.remember('one', false)).not.toThrow();
  });
});
