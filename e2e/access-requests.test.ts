import { once } from 'node:events';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import type { Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { ok } from './support/outcomes.ts';
import { complaintsOf, overflow, violations } from './support/page-audit.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

/** What is asked by kubectl costs more than the answer is worth when it comes a little earlier. */
const PATIENT = { timeout: 60_000, interval: 1000 };

describe('access for a while', () => {
  let sallyport: Sallyport;
  let browser: Browser;
  let admin: Terminal;
  let jane: Terminal;

  beforeAll(async () => {
    [sallyport, browser] = await Promise.all([startSallyport(), launchBrowser()]);
    const open = (login: string) => openLoggedIn(sallyport, inject('kubectl')['1.35'], login);
    [admin, jane] = await Promise.all([open('admin@example.com'), open('jane')]);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([admin, jane].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  /** The name of a new request of jane's. */
  async function ask(duration: string): Promise<string> {
    const words = ['sallyport', 'request', 'edit', '-n', 'default', '--for', duration];
    const made = await ok(jane, ...words, '--reason', 'the shop is down', '-o', 'name');
    return made.trim().replace('accessrequest.sallyport.dev/', '');
  }

  const phaseOf = (name: string) =>
    ok(jane, 'get', 'accessrequest', name, '-n', 'default', '-o', 'jsonpath={.status.phase}');
  const bindings = () => ok(admin, 'get', 'rolebindings', '-n', 'default', '-o', 'name');

  it('is asked for with the plugin, approved on the page, and ends by itself, with the watch that it had opened', async () => {
    const refused = await jane.kubectl('get', 'pods', '-n', 'default');
    // She may see why, and ask.
    const page403 = `${sallyport.issuer}/requests?namespace=default&role=edit`;
    expect(refused.stderr).toContain(`\nAsk for it: ${page403}\n`);
    const name = await ask('10s');
    expect(await phaseOf(name)).toBe('Pending');
    const own = await jane.kubectl('sallyport', 'requests', 'approve', name, '-n', 'default');
    expect(own).toMatchObject({ code: 4, stderr: expect.stringContaining('somebody else has to decide') });

    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${sallyport.issuer}/requests`);
    await signIn(page, 'admin@example.com', 'password');
    const waiting = page.getByRole('region', { name: 'Waiting for you' });
    await waiting.waitFor();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await overflow(page)).toBe(0);
    await waiting.getByLabel('A word to who asked').fill('until it is up again');
    await waiting.getByRole('button', { name: 'Approve ClusterRole/edit for jane' }).click();
    await page.getByRole('status').getByText('Approved. The access is there.').waitFor();
    const watch = jane.spawnKubectl('get', 'pods', '-n', 'default', '--watch');
    const ended = once(watch, 'exit');
    // At once: it does not last long.
    const [bound, shown] = await Promise.all([
      bindings(),
      ok(admin, 'get', 'ar', name, '-n', 'default', '-o', 'wide'),
      ok(jane, 'get', 'pods', '-n', 'default'),
    ]);
    expect(bound).toContain('sallyport-access-');
    expect(shown).toMatch(
      new RegExp(`^${name} +jane +ClusterRole/edit +10s +Active .* admin +the shop is down$`, 'm'),
    );
    expect(complaints).toEqual([]);
    await context.close();
    await ended;
    const again = await jane.kubectl('get', 'pods', '-n', 'default');
    expect(again.stderr).toContain('Forbidden');
    await expect.poll(() => phaseOf(name), PATIENT).toBe('Expired');
    expect(await bindings()).not.toContain('sallyport-access-');
  });

  it('ends also where the process was killed meanwhile', async () => {
    const name = await ask('4s');
    await ok(admin, 'sallyport', 'requests', 'approve', name, '-n', 'default');
    const { status } = JSON.parse(await ok(admin, 'get', 'ar', name, '-n', 'default', '-o', 'json'));
    await sallyport.kill();
    await expect.poll(() => Date.now(), PATIENT).toBeGreaterThan(Date.parse(status.expirationTimestamp));
    sallyport = await sallyport.restart();
    // Whoever takes the binding away or not: it does not count any more.
    expect((await jane.kubectl('get', 'pods', '-n', 'default')).stderr).toContain('Forbidden');
    // The leader that was killed has to be given up first.
    await expect.poll(() => phaseOf(name), PATIENT).toBe('Expired');
    await expect.poll(bindings, PATIENT).not.toContain('sallyport-access-');
  });
});
