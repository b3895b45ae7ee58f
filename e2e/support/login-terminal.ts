import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { openTerminal, type Terminal } from './kubectl.ts';
import type { Sallyport } from './sallyport.ts';
import { signIn } from './sign-in.ts';
import { signInPlainly } from './sign-in-plainly.ts';

/** A terminal of somebody who has signed in there. */
export async function openLoggedIn(sallyport: Sallyport, program: string, login: string): Promise<Terminal> {
  const terminal = await openTerminal(sallyport, program);
  await loginPlainly(terminal, login);
  return terminal;
}

/** `kubectl sallyport login` at a terminal, for tests of what comes after. */
export async function loginPlainly(terminal: Terminal, login: string, password?: string): Promise<string> {
  const { url, end } = await startLogin(terminal);
  await fetch(await signInPlainly(url, login, password));
  return end;
}

/** `kubectl sallyport login` at a terminal, with Chromium as the browser that the person uses. */
export async function loginTerminal(
  terminal: Terminal,
  browser: Browser,
  login: string,
  password?: string,
): Promise<string> {
  const { url, end } = await startLogin(terminal);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    await signIn(page, login, password);
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
    return await end;
  } finally {
    await context.close();
  }
}

/** The plugin waits for the browser. `end`: what it said, once it has ended well. */
async function startLogin(
  terminal: Terminal,
): Promise<{ readonly url: string; readonly end: Promise<string> }> {
  const child = terminal.spawnKubectl('sallyport', 'login', '--skip-open-browser');
  let said = '';
  const end = new Promise<string>((done, failed) => {
    child.once('exit', (code) =>
      code === 0 ? done(said) : failed(new Error(`login ended with ${code}: ${said}`)),
    );
  });
  const url = new Promise<string>((found, failed) => {
    end.catch(failed);
    if (!child.stderr) throw new Error('no standard error');
    createInterface({ input: child.stderr }).on('line', (line) => {
      said += `${line}\n`;
      const match = /https?:\/\/\S+\/auth\?\S+/.exec(line);
      if (match) found(match[0]);
    });
  });
  return { url: await url, end };
}
