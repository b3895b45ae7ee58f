import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { openTerminal, type Terminal } from './kubectl.ts';
import type { Sallyport } from './sallyport.ts';
import { signIn } from './sign-in.ts';

/** A terminal of somebody who has signed in there. */
export async function openLoggedIn(
  sallyport: Sallyport,
  program: string,
  browser: Browser,
  login: string,
): Promise<Terminal> {
  const terminal = await openTerminal(sallyport, program);
  await loginTerminal(terminal, browser, login);
  return terminal;
}

/** `kubectl sallyport login` at a terminal, with Chromium as the browser that the person uses. */
export async function loginTerminal(
  terminal: Terminal,
  browser: Browser,
  login: string,
  password?: string,
): Promise<string> {
  const child = terminal.spawnKubectl('sallyport', 'login', '--skip-open-browser');
  const exit = new Promise<number | null>((done) => child.once('exit', done));
  let said = '';
  const url = await new Promise<string>((found, failed) => {
    child.once('exit', (code) => failed(new Error(`login ended with ${code}: ${said}`)));
    if (!child.stderr) throw new Error('no standard error');
    createInterface({ input: child.stderr }).on('line', (line) => {
      said += `${line}\n`;
      const match = /https?:\/\/\S+\/auth\?\S+/.exec(line);
      if (match) found(match[0]);
    });
  });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    await signIn(page, login, password);
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
    const code = await exit;
    if (code !== 0) throw new Error(`login ended with ${code}: ${said}`);
    return said;
  } finally {
    await context.close();
  }
}
