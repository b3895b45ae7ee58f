import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface DebianProgram {
  readonly name: string;
  /** Where its package puts it. */
  readonly path: string;
  /** Names of packages, with a space between: its own first. */
  readonly package: string;
  /** The environment variable that names another one. */
  readonly variable?: string;
}

/** A program to drive: the variable's, Debian's; else its package is installed (root on Debian). Services are never started by us. */
export async function findDebianProgram(
  { name, path, package: debian, variable = '' }: DebianProgram,
  say: (line: string) => void,
): Promise<string> {
  for (const program of [process.env[variable], path]) {
    if (program && existsSync(program)) {
      say(`${name}: found ${program}`);
      return program;
    }
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const other = variable === '' ? '' : `set ${variable} to its program, or `;
    throw new Error(`no ${name}: ${other}install the package ${debian}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...debian.split(' ')];
  await run('apt-get', install, { env, maxBuffer: 1 << 26 });
  say(`${name}: installed Debian's package`);
  return path;
}
