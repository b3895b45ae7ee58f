import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readMarkdown } from '../test/docs/markdown.ts';
import { launchBrowser } from './support/browser.ts';
import { KUBECTL_VERSIONS, type Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const SCREENSHOTS = resolve(import.meta.dirname, 'screenshots');
mkdirSync(SCREENSHOTS, { recursive: true });

const PLAIN =
  'Error from server (Forbidden): pods "web" is forbidden: User "bob" cannot delete resource "pods" in API group "" in the namespace "default"\n';

/** The document's transcripts: what jane types, and what she sees. */
const transcripts = readMarkdown('docs/how-to/explained-refusals.md')
  .blocks.filter(({ language }) => language === 'console')
  .flatMap(({ text }) => text.split(/^\$ /m).slice(1))
  .map((part) => {
    const [command = '', ...output] = part.trimEnd().split('\n');
    return { command, output: `${output.join('\n')}\n` };
  });

describe.each(KUBECTL_VERSIONS)('a plain kubectl %s', (version) => {
  let sallyport: Sallyport;
  let browser: Browser;
  let admin: Terminal;
  let jane: Terminal;
  let bob: Terminal;

  beforeAll(async () => {
    [sallyport, browser] = await Promise.all([startSallyport(), launchBrowser()]);
    const open = (login: string) => openLoggedIn(sallyport, inject('kubectl')[version], login);
    [admin, jane, bob] = await Promise.all([
      open('admin@example.com'),
      open('jane'),
      open('bob@example.com'),
    ]);
    await admin.kubectl('apply', '-f', 'config/demo/lecture');
    await admin.kubectl('run', 'web', '--image=nginx');
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([admin, jane, bob].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  it('has transcripts to follow', () => {
    expect(transcripts.length).toBeGreaterThan(2);
  });

  it.each(transcripts)('shows jane what the document shows: $command', async ({ command, output }) => {
    const [program, ...words] = command.split(' ');
    expect(program).toBe('kubectl');
    const { stdout, stderr, code } = await jane.kubectl(...words);
    expect(stdout + stderr).toBe(output.replaceAll('http://127.0.0.1:5556', sallyport.issuer));
    expect(code).toBe(1);
  });

  it('leads jane to a page that says the same, and what she may do', async () => {
    const { stderr } = await jane.kubectl('delete', 'pod', 'web', '-n', 'default');
    const address = /^See (\S+)$/m.exec(stderr)?.[1] ?? '';
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(address);
    await signIn(page, 'jane');
    await page.waitForURL(address);
    expect(await page.title()).toBe('No, you may not – Sallyport demo');
    expect(await page.locator('.misses li').count()).toBe(2);
    expect(await page.locator('.misses').textContent()).toContain('Add the verb delete to the rule.');
    expect(await page.locator('pre').textContent()).toContain(
      'jane would like to delete pods "web" in namespace default.',
    );
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(SCREENSHOTS, `access-no-${scheme}.png`), fullPage: true });
    }
    await page.getByLabel('Namespace').fill('dev');
    await page.getByRole('button', { name: 'Ask' }).click();
    expect(await page.title()).toBe('Yes, you may – Sallyport demo');
    expect(await page.locator('main').textContent()).toContain('RoleBinding developers (dev)');
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await page.screenshot({ path: join(SCREENSHOTS, 'access-yes-320.png'), fullPage: true });
    await context.close();
  });

  it('shows bob, who may not see explanations, what kube-apiserver says', async () => {
    const { stderr } = await bob.kubectl('delete', 'pod', 'web', '-n', 'default');
    expect(stderr).toBe(PLAIN);
    expect((await bob.kubectl('auth', 'can-i', 'delete', 'pods')).stdout).toBe('no\n');
  });

  it('gets the explanations to come by RBAC, and loses them with it', async () => {
    const role = ['create', 'clusterrolebinding', 'bob-sees', '--clusterrole=explanations', '--user=bob'];
    const made = await admin.kubectl(...role);
    expect(made.code, made.stderr).toBe(0);
    const told = await bob.kubectl('delete', 'pod', 'web', '-n', 'default');
    expect(told.stderr).toBe(PLAIN);
    await admin.kubectl(
      'create',
      'rolebinding',
      'bob-reads',
      '--role=pod-reader',
      '--user=bob',
      '-n',
      'default',
    );
    const more = await bob.kubectl('delete', 'pod', 'web', '-n', 'default');
    expect(more.stderr).toContain('given to User "bob" by RoleBinding "bob-reads"');
    await admin.kubectl('delete', 'clusterrolebinding', 'bob-sees');
    expect((await bob.kubectl('delete', 'pod', 'web', '-n', 'default')).stderr).toBe(PLAIN);
  });
});
