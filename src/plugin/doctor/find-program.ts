import { accessSync, constants, statSync } from 'node:fs';
import { extname, isAbsolute, join } from 'node:path';
import type { PluginDeps } from '../invocation.ts';

/** The path of the program that a shell would start by this name; undefined when there is none. */
export function findProgram(
  name: string,
  { env, platform }: Pick<PluginDeps, 'env' | 'platform'>,
): string | undefined {
  const isWindows = platform === 'win32';
  // Windows starts nothing without an ending: npm's wrapper for shells, which has none, lies beside the one that counts.
  const known = isWindows ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : [];
  const endings = isWindows && extname(name) === '' ? known : ['', ...known];
  const folders = isAbsolute(name)
    ? ['']
    : (env['PATH'] ?? '').split(isWindows ? ';' : ':').filter((folder) => folder !== '');
  const paths = folders.flatMap((folder) => endings.map((ending) => join(folder, `${name}${ending}`)));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
