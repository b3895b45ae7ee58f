import { describe, expect, it } from 'vitest';
import { oneLine, plainJson, plainText } from '../../src/plugin/terminal-text.ts';

describe('text for the terminal (S-164)', () => {
  it.each([
    ['plain äöü 😀', 'plain äöü 😀'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007x', 'x'],
    ['\u001b]8;;https://evil.example\u001b\\link', 'link'],
    ['\u001bP+q\u001b\\x', 'x'],
    ['a\u0008\u0008b\rc\u0000', 'abc'],
    ['\u009b31mx', '31mx'],
    ['ab\u202ecd\u2066', 'abcd'],
    ['tab\tline\n', 'tab\tline\n'],
    ['\u001b', ''],
  ])('%j becomes %j', (given, plain) => {
    expect(plainText(given)).toBe(plain);
  });

  it('makes one bounded line of server text', () => {
    expect(oneLine(' a\r\n\u001b[2Jb\n')).toBe('a b');
    expect(oneLine('x'.repeat(500))).toBe(`${'x'.repeat(300)}…`);
  });

  it('escapes in JSON what JSON.stringify leaves', () => {
    expect(plainJson({ a: '\u009b\u202e\u001b' })).toBe('{"a":"\\u009b\\u202e\\u001b"}');
  });
});
