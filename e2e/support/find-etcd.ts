import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN = '/usr/bin/etcd';

/** An etcd to start: `ETCD`, Debian's; else Debian's package is installed (root on Debian). Its service is never started by us. */
export async function findEtcd(say: (line: string) => void): Promise<string> {
  for (const program of [process.env['ETCD'], DEBIAN]) {
    if (program && existsSync(program)) {
      say(`etcd: found ${program}`);
      return program;
    }
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('no etcd: set ETCD to its program, or install the package etcd-server');
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', 'etcd-server'], { env, maxBuffer: 1 << 26 });
  say(`etcd: installed Debian's package`);
  return DEBIAN;
}
