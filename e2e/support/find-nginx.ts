import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN = '/usr/sbin/nginx';

/** An nginx to drive: `NGINX`, Debian's; else Debian's package is installed (root on Debian). Its service is never started by us. */
export async function findNginx(say: (line: string) => void): Promise<string> {
  for (const program of [process.env['NGINX'], DEBIAN]) {
    if (program && existsSync(program)) {
      say(`nginx: found ${program}`);
      return program;
    }
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('no nginx: set NGINX to its program, or install the package nginx');
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', 'nginx'], { env, maxBuffer: 1 << 26 });
  say(`nginx: installed Debian's package`);
  return DEBIAN;
}
