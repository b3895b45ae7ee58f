import { posix } from 'node:path';
import type { Program } from '../world/process.ts';
import { filePrograms } from './file-programs.ts';
import { plainPrograms } from './plain-programs.ts';
import { sh } from './shell-program.ts';
import { tar } from './tar-program.ts';

const programs: ReadonlyMap<string, Program> = new Map(
  Object.entries({ ...filePrograms, ...plainPrograms, tar, sh, ash: sh, bash: sh }),
);

const directories = new Set(['', '/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin']);

/** What every simulated container has, whatever its image. Undefined for any other name. */
export function findProgram(name: string): Program | undefined {
  const { dir, base } = posix.parse(name);
  return directories.has(dir) ? programs.get(base) : undefined;
}
