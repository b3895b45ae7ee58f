import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, readMarkdown } from '../docs/markdown.ts';

/**
 * Runs the recipes in their order, in a folder that looks like a clone: every `sh` block must succeed, and every
 * `$ command` of a `console` block must print what the document shows. What asks a server is for the end-to-end test.
 * `UPDATE_DOCS=1` writes the outputs anew.
 */
const FILE = 'docs/how-to/rbac-recipes.md';
const LIVE = 'Ask a server instead';

const start = readFileSync(join(ROOT, FILE), 'utf8').split('\n').indexOf(`## ${LIVE}`);
const blocks = readMarkdown(FILE)
  .blocks.filter(({ line }) => line <= start)
  .map((block) => ({ ...block, title: block.text.split('\n')[0] }));

let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'sallyport-recipes-'));
  for (const name of ['bin', 'src', 'node_modules', 'package.json'])
    symlinkSync(join(ROOT, name), join(clone, name));
  cpSync(join(ROOT, 'config'), join(clone, 'config'), { recursive: true });
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Standard output and error as a terminal shows them. */
function bash(script: string): Promise<{ code: number; output: string }> {
  const env = {
    PATH: `${join(clone, 'bin')}:${process.env['PATH']}`,
    HOME: clone,
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  };
  return new Promise((done) => {
    execFile('bash', ['-c', `exec 2>&1\n${script}`], { cwd: clone, env }, (error, output) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, output });
    });
  });
}

async function typed(command: string): Promise<string> {
  return (await bash(command)).output.trimEnd();
}

describe('the recipes do what they say', () => {
  it('and there are some', () => {
    expect(blocks.filter(({ language }) => language === 'console').length).toBeGreaterThan(9);
  });

  it.each(blocks)('line $line: $title', { timeout: 30_000 }, async ({ language, text }) => {
    if (language === 'sh') {
      const { code, output } = await bash(`set -e\n${text}`);
      expect(code, output).toBe(0);
      return;
    }
    expect(language).toBe('console');
    const parts = text.split(/^\$ /m).slice(1);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      const [command = '', ...shown] = part.split('\n');
      const output = await typed(command);
      if (process.env['UPDATE_DOCS'] === '1') replaceOutput(part, `${command}\n${output}\n`);
      else expect(output, `$ ${command}`).toBe(shown.join('\n').trimEnd());
    }
  });
});

function replaceOutput(shown: string, made: string): void {
  const file = join(ROOT, FILE);
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(`$ ${shown.trimEnd()}\n`, () => `$ ${made}`),
  );
}
