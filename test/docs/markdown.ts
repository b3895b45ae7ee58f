import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

export interface Markdown {
  readonly blocks: readonly Block[];
  /** The lines outside of fenced blocks; those inside are empty. */
  readonly prose: readonly string[];
}

/** Every document of the project, relative to its root. */
export function documents(): string[] {
  return globSync('**/*.md', {
    cwd: ROOT,
    exclude: (name) => name === 'node_modules' || name === 'data' || name === '.git',
  }).sort();
}

export function readMarkdown(file: string): Markdown {
  return parseMarkdown(readFileSync(join(ROOT, file), 'utf8'));
}

export function parseMarkdown(text: string): Markdown {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { language: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\w*)\s*$/.exec(line);
    prose.push(open || fence ? '' : line);
    if (open === undefined) {
      if (fence) open = { language: fence[1] ?? '', lines: [], line: index + 1 };
    } else if (fence) {
      blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  return { blocks, prose };
}

/** The anchors that GitHub gives to the headings. */
export function anchorsOf({ prose }: Markdown): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose) {
    const heading = /^#{1,6} (.+)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/ /g, '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The targets of links and pictures, with their lines (from 1). */
export function linksOf({ prose }: Markdown): { target: string; line: number }[] {
  return prose.flatMap((text, index) =>
    [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(<?([^()\s>]+)>?\)/g)].map((match) => ({
      target: match[1] ?? '',
      line: index + 1,
    })),
  );
}
