import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, documents, linksOf, parseMarkdown, ROOT, readMarkdown } from './markdown.ts';

/** What is wrong with the links of a document, one line each. */
function brokenLinks(file: string): string[] {
  return linksOf(readMarkdown(file)).flatMap(({ target, line }) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const linked = path === '' ? file : normalize(join(dirname(file), path));
    const at = `${file}:${line}: ${target}`;
    if (!existsSync(join(ROOT, linked))) return [`${at}: no such file`];
    if (anchor === undefined) return [];
    if (statSync(join(ROOT, linked)).isDirectory()) return [`${at}: a folder has no headings`];
    return anchorsOf(readMarkdown(linked)).has(anchor) ? [] : [`${at}: no such heading`];
  });
}

describe('every relative link and heading anchor leads somewhere', () => {
  it.each(documents())('in %s', (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it('among the documents that the README promises', () => {
    const promised = linksOf(readMarkdown('README.md')).map(({ target }) => target);
    expect(promised).toContain('docs/tutorial.md');
    expect(promised).toContain('docs/reference/configuration.md');
  });
});

describe('the reader of markdown', () => {
  const text =
    '# One `two`: three\n\n[a](b.md#c) `[no](link)`\n\n```sh\n# not a heading\n[x](y)\n```\n\n## One two three\n';

  it('finds headings as GitHub names them, and none in blocks', () => {
    expect([...anchorsOf(parseMarkdown(text))]).toEqual(['one-two-three', 'one-two-three-1']);
  });

  it('finds links outside of code', () => {
    expect(linksOf(parseMarkdown(text))).toEqual([{ target: 'b.md#c', line: 3 }]);
  });

  it('finds blocks with their language', () => {
    expect(parseMarkdown(text).blocks).toEqual([
      { language: 'sh', text: '# not a heading\n[x](y)', line: 5 },
    ]);
  });
});
