import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Block, ROOT, readMarkdown } from '../test/docs/markdown.ts';
import { openBlockShell } from './support/block-shell.ts';
import { launchBrowser } from './support/browser.ts';
import { collect } from './support/collect.ts';
import { freePort } from './support/free-port.ts';
import { signIn } from './support/sign-in.ts';

/**
 * Follows a document as a person does, in a folder that looks like a clone, with the ports changed in its text.
 *
 * - Every `sh` block is run by `bash -e`, in order; directory and variables go on to the next one, as in a terminal.
 * - A block that ends with `npm start` or `sallyport start …` is left running until the document ends; the next block
 *   begins when it says that it is ready.
 * - `npm ci && ` is left out (the packages are there), and so is a block with `npm test`, which is what runs this.
 * - Of every `console` block, each `$ command` must print what the document shows; ages are masked.
 * - A browser is opened by the plugin itself ($BROWSER): the next of `people` signs in there, or confirms a sign-out.
 */
const DOCUMENTS = [
  { file: 'README.md', people: ['admin@example.com', 'jane'], password: 'password' },
  { file: 'docs/how-to/manage-users.md', people: ['admin@example.com'], password: 'password' },
  { file: 'docs/how-to/access-requests.md', people: ['admin@example.com'], password: 'password' },
  { file: 'docs/tutorial.md', people: ['marie', 'omar'], password: 'correct horse' },
];

describe.each(DOCUMENTS)('$file does what it says', ({ file, people, password }) => {
  const blocks = readMarkdown(file).blocks.filter(isRun);
  let reader: Reader;

  beforeAll(async () => {
    reader = await openReader([...people], password);
  });

  afterAll(async () => {
    await reader?.close();
  });

  it('has something to run', () => {
    expect(blocks.length).toBeGreaterThan(4);
  });

  it.each(blocks.map((block) => ({ ...block, title: block.text.split('\n')[0] })))(
    'line $line: $title',
    async (block) => {
      if (block.language === 'console') {
        for (const { command, output } of transcriptOf(block)) {
          expect(mask(await reader.type(command)), `$ ${command}`).toBe(mask(reader.adapt(output)));
        }
      } else if (
        /^(?:npm|sallyport) start\b.*$/.test(reader.adapt(block.text).trimEnd().split('\n').at(-1) ?? '')
      ) {
        expect(await reader.start(block.text)).toContain('Sallyport is ready');
      } else {
        await reader.run(block.text);
      }
    },
  );

  it('has asked every person to sign in', () => {
    expect(reader.waiting()).toEqual([]);
  });
});

function isRun({ language, text }: Block): boolean {
  return language === 'console' || (language === 'sh' && !/npm (?:test|run)/.test(text));
}

function transcriptOf({ text }: Block): { command: string; output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { command, output: output.join('\n').trimEnd() };
    });
}

/** Ages and the width that they take. */
function mask(text: string): string {
  return text.trimEnd().replace(/\b\d+(?:[smhd]\d*)+\b *$/gm, 'AGE');
}

interface Reader {
  /** A block's text as this reader types it. */
  adapt(text: string): string;
  run(text: string): Promise<void>;
  /** One command; resolves with all that it prints, whatever its exit code. */
  type(command: string): Promise<string>;
  start(text: string): Promise<string>;
  /** Who has not signed in yet. */
  waiting(): readonly string[];
  close(): Promise<void>;
}

async function openReader(people: string[], password: string): Promise<Reader> {
  const ports = { '5556': String(await freePort()), '8443': String(await freePort()) };
  const move = (text: string) => text.replaceAll('5556', ports['5556']).replaceAll('8443', ports['8443']);
  const adapt = (text: string) => move(text).replaceAll('npm ci && ', '');
  const home = mkdtempSync(join(tmpdir(), 'sallyport-docs-'));
  const clone = makeClone(home, move);
  const desk = await openBrowserDesk(home, `http://127.0.0.1:${ports['5556']}`, people, password);
  const running: ChildProcess[] = [];
  const env = {
    HOME: home,
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
    BROWSER: desk.program,
  };
  const shell = openBlockShell(home, clone, env);
  return {
    adapt,
    async run(text) {
      const { code, output } = await Promise.race([shell.run(adapt(text)), desk.failed]);
      expect(code, output).toBe(0);
    },
    async type(command) {
      return (await shell.type(adapt(command))).output;
    },
    async start(text) {
      // A group of its own, so that npm's child ends with it.
      const child = spawn('bash', ['-e', '-c', shell.lines(adapt(text))], { env, detached: true });
      running.push(child);
      return collect(child).until(/Sallyport is ready/);
    },
    waiting: () => people,
    async close() {
      await Promise.all(running.map(endGroup));
      await desk.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A folder that looks like a fresh clone after `npm ci`; only the configuration is a copy, with other ports. */
function makeClone(home: string, move: (text: string) => string): string {
  const clone = join(home, 'sallyport');
  mkdirSync(clone);
  for (const name of ['bin', 'src', 'node_modules', 'package.json']) {
    symlinkSync(join(ROOT, name), join(clone, name));
  }
  cpSync(join(ROOT, 'config'), join(clone, 'config'), { recursive: true });
  for (const name of ['config/demo.yaml', 'config/demo/authentication.yaml']) {
    writeFileSync(join(clone, name), move(readFileSync(join(clone, name), 'utf8')));
  }
  mkdirSync(join(home, 'bin'));
  symlinkSync(inject('kubectl')['1.35'], join(home, 'bin/kubectl'));
  return clone;
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('close', done));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

interface BrowserDesk {
  /** For $BROWSER. */
  readonly program: string;
  /** Never resolves; rejects with what goes wrong in the browser. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** A program that hands the URL it is started with to Chromium, where a person does what the page asks. */
async function openBrowserDesk(
  home: string,
  issuer: string,
  people: string[],
  password: string,
): Promise<BrowserDesk> {
  const browser = await launchBrowser();
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  // One person: one page after the other.
  let visits = Promise.resolve();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer).searchParams.get('url') ?? '';
    visits = visits.then(() => visit(context, url, { issuer, people, password })).catch(fail);
    response.end();
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  const program = join(home, 'browser.mjs');
  const desk = JSON.stringify(`http://127.0.0.1:${port}/?url=`);
  writeFileSync(
    program,
    `#!${process.execPath}\nawait fetch(${desk} + encodeURIComponent(process.argv[2]));\n`,
    { mode: 0o755 },
  );
  return {
    program,
    failed,
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function visit(
  context: BrowserContext,
  url: string,
  { issuer, people, password }: { issuer: string; people: string[]; password: string },
): Promise<void> {
  const page = await context.newPage();
  if (new URL(url).pathname === '/logout') {
    await page.goto(url);
    await confirmSignOut(page);
  } else {
    // "Sign out in the browser first": somebody else is about to sign in.
    await page.goto(issuer);
    const signOut = page.getByRole('link', { name: /sign out/i });
    if (await signOut.isVisible()) {
      await signOut.click();
      await confirmSignOut(page);
    }
    await page.goto(url);
    await signIn(page, people.shift() ?? 'nobody', password);
    await page.waitForURL(/\/callback/);
  }
  await page.close();
}

async function confirmSignOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^sign out/i }).click();
  await page.waitForURL(/\/logout\/success/);
}
