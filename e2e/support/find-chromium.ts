import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);
const DEBIAN = '/usr/bin/chromium';

/**
 * A Chromium to drive: `CHROMIUM`, Debian's, Playwright's own; else Debian's package is installed (root on Debian) or
 * Playwright fetches its own.
 */
export async function findChromium(say: (line: string) => void): Promise<string> {
  for (const program of [process.env['CHROMIUM'], DEBIAN, chromium.executablePath()]) {
    if (program && existsSync(program)) {
      say(`Chromium: found ${program}`);
      return program;
    }
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', 'chromium', 'fonts-dejavu-core'], {
      env,
      maxBuffer: 1 << 26,
    });
    say(`Chromium: installed Debian's package`);
    return DEBIAN;
  }
  await run(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium']);
  say(`Chromium: installed Playwright's own`);
  return chromium.executablePath();
}
