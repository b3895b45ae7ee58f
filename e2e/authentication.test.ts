import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { askGateway } from './support/gateway-request.ts';
import { openTerminal, type Terminal } from './support/kubectl.ts';
import { loginTerminal, openLoggedIn } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

/** Longer than the gateway's own look at the file, on a busy machine. */
const SOON = { timeout: 20_000, interval: 200 };

describe('a changed AuthenticationConfiguration', () => {
  let sallyport: Sallyport;
  let jane: Terminal;
  let file: string;
  let original: string;

  beforeAll(async () => {
    sallyport = await startSallyport();
    file = join(sallyport.directory, 'config/demo/authentication.yaml');
    original = await readFile(file, 'utf8');
    jane = await openLoggedIn(sallyport, inject('kubectl')['1.35'], 'jane');
  });

  afterAll(async () => {
    await jane?.dispose();
    await sallyport?.dispose();
  });

  async function whoami(): Promise<string> {
    const { stdout, stderr } = await jane.kubectl(
      'auth',
      'whoami',
      '-o',
      'jsonpath={.status.userInfo.username}',
    );
    return stdout || stderr;
  }

  it('maps by a CEL expression at once, for tokens already out', async () => {
    expect(await whoami()).toBe('jane');
    const username = 'username:\n        claim: preferred_username\n        prefix: ""\n';
    expect(original).toContain(username);
    await writeFile(
      file,
      original.replace(username, `username:\n        expression: "'corp:' + claims.preferred_username"\n`),
    );
    await expect.poll(whoami, SOON).toBe('corp:jane');
  });

  it('that cannot be used is reported with its place, and the last good one stays', async () => {
    await writeFile(file, original.replace('claim: preferred_username', 'expression: "claims."'));
    await expect
      .poll(() => sallyport.stdout() + sallyport.stderr(), SOON)
      .toContain('the last good one stays');
    expect(sallyport.stdout() + sallyport.stderr()).toMatch(/claimMappings\.username/);
    expect(await whoami()).toBe('corp:jane');
  });

  it('shuts out whom a new rule refuses', async () => {
    await writeFile(
      file,
      `${original.trimEnd()}\n    userValidationRules:\n      - expression: "user.username != 'jane'"\n        message: jane is on leave\n`,
    );
    await expect.poll(whoami, SOON).toMatch(/Unauthorized|must be logged in/);
    await writeFile(file, original);
    await expect.poll(whoami, SOON).toBe('jane');
  });
});

describe('a session that is ended', () => {
  let sallyport: Sallyport;
  let browser: Browser;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    [sallyport, browser] = await Promise.all([startSallyport(), launchBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all(terminals.map((terminal) => terminal.dispose()));
    await sallyport?.dispose();
  });

  it('is refused at the next request, its watch ends, and another device goes on', async () => {
    for (const _ of ['laptop', 'desktop']) {
      const terminal = await openTerminal(sallyport, inject('kubectl')['1.35']);
      terminals.push(terminal);
      await loginTerminal(terminal, browser, 'jane');
    }
    const [laptop, desktop] = terminals as [Terminal, Terminal];
    const issued = await laptop.kubectl('sallyport', 'token');
    const stolen: string = JSON.parse(issued.stdout).status.token;
    const headers = { authorization: `Bearer ${stolen}` };
    const pods = '/api/v1/namespaces/dev/pods';
    expect((await askGateway(sallyport, pods, { headers })).status).toBe(200);
    const watch = askGateway(sallyport, `${pods}?watch=true`, { headers }).then(
      () => 'ended',
      () => 'cut',
    );

    expect(await laptop.kubectl('sallyport', 'logout')).toMatchObject({ code: 0 });
    expect((await askGateway(sallyport, pods, { headers })).status).toBe(401);
    expect(await watch).toBe('cut');
    expect(await desktop.kubectl('get', 'pods', '-n', 'dev')).toMatchObject({ code: 0 });

    // What was ended stays so.
    sallyport = await sallyport.stop().then(() => sallyport.restart());
    expect((await askGateway(sallyport, pods, { headers })).status).toBe(401);
    expect(await desktop.kubectl('get', 'pods', '-n', 'dev')).toMatchObject({ code: 0 });
  });
});
