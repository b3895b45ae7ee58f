import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemBrowser } from '../../src/plugin/browser.ts';
import { createMachine } from './harness.ts';

/** A browser that writes its arguments down. */
function recorder() {
  const { home } = createMachine();
  const [script, record] = [join(home, 'browser.cjs'), join(home, 'record')];
  const write = `require('node:fs').writeFileSync(${JSON.stringify(record)}, JSON.stringify(process.argv.slice(2)))`;
  writeFileSync(script, write);
  return {
    command: `${process.execPath} ${script}`,
    args: async (): Promise<string[]> => {
      await expect.poll(() => existsSync(record) && readFileSync(record, 'utf8')).toMatch(/\]$/);
      return JSON.parse(readFileSync(record, 'utf8'));
    },
  };
}

describe('the browser', () => {
  it.each([
    ['https://a.example/x?q=1;touch /tmp/x&$(id)`id`', 'https://a.example/x?q=1;touch%20/tmp/x&$(id)`id`'],
    ['  https://a.example/--x -y', 'https://a.example/--x%20-y'],
    ['https://a.example/?q=$&$1', 'https://a.example/?q=$&$1'],
  ])('gets %j as one argument that is never an option, without a shell (S-163)', async (url, argument) => {
    const { command, args } = recorder();
    expect(await systemBrowser({ env: {}, platform: 'linux' }, command)?.(url)).toBe(true);
    expect(await args()).toEqual([argument]);
  });

  it('may ask for the URL in a place of its own', async () => {
    const { command, args } = recorder();
    await systemBrowser(
      { env: {}, platform: 'linux' },
      `${command} --app=%s --new`,
    )?.('https://a.example/?$&');
    expect(await args()).toEqual(['--app=https://a.example/?$&', '--new']);
  });

  it('is the first of BROWSER that starts', async () => {
    const { command, args } = recorder();
    const browser = systemBrowser({ env: { BROWSER: `/does/not/exist:${command}` }, platform: 'linux' });
    expect(await browser?.('https://a.example')).toBe(true);
    expect(await args()).toEqual(['https://a.example/']);
  });

  it.each<[string, NodeJS.Platform, Record<string, string>, boolean]>([
    ['a remote shell', 'linux', { SSH_TTY: '/dev/pts/0' }, false],
    ['an X desktop', 'linux', { DISPLAY: ':0' }, true],
    ['a Wayland desktop', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['macOS', 'darwin', {}, true],
    ['Windows', 'win32', {}, true],
  ])('on %s (%s, %j) is found or not', (_name, platform, env, there) => {
    expect(systemBrowser({ env, platform }) !== undefined).toBe(there);
  });

  it('says so when none could be started', async () => {
    const browser = systemBrowser({ env: {}, platform: 'linux' }, '/does/not/exist');
    expect(await browser?.('https://a.example')).toBe(false);
  });
});
