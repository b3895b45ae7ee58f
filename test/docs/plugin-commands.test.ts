import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandAliases, loadCommands } from '../../src/plugin/command-table.ts';
import { parseCommandLine } from '../../src/plugin/parse-command-line.ts';
import { ROOT, readMarkdown } from './markdown.ts';

const commands = await loadCommands();

/** Every line of a block that begins with the plugin's name, in every document that is not made from the commands. */
const lines = globSync(['README.md', 'docs/{how-to,explanation,adr}/*.md', 'docs/*.md'], {
  cwd: ROOT,
}).flatMap((file) =>
  readMarkdown(file)
    .blocks.filter(({ language }) => ['text', 'sh', 'bash', 'console'].includes(language))
    .flatMap(({ text }) =>
      [...text.matchAll(/^\s*(?:\$ )?kubectl sallyport ([^\n]+)/gm)].map(([, line = '']) => ({ file, line })),
    ),
);

it('the documents show the plugin at work', () => {
  expect(lines.length).toBeGreaterThan(20);
});

it.each(lines.filter(({ line }) => !/[[(<]/.test(line)))(
  '$file: kubectl sallyport $line is a command',
  ({ line }) => {
    const [given = '', ...args] = line.replace(/ (?:>|\||&&|#).*$/, '').split(/\s+/);
    const spec = commands.get(commandAliases[given] ?? given);
    expect(spec, given).toBeDefined();
    if (spec !== undefined && !spec.passesOn) parseCommandLine(args, spec, {}, `kubectl sallyport ${given}`);
  },
);
