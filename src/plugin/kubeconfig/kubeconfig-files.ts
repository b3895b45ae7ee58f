import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import { oneLine } from '../terminal-text.ts';

export type Fields = Readonly<Record<string, unknown>>;

/**
 * The paths of the kubeconfig: --kubeconfig, else the files of KUBECONFIG, else ~/.kube/config; as client-go's loading
 * rules. `mustExist`: a file that somebody named by flag has to be there.
 */
export function kubeconfigPaths(
  flags: Flags,
  { env, homeDir }: Pick<PluginDeps, 'env' | 'homeDir'>,
): { readonly paths: readonly [string, ...string[]]; readonly mustExist: boolean } {
  const explicit = textFlag(flags, 'kubeconfig');
  if (explicit !== undefined) return { paths: [explicit], mustExist: true };
  const [first, ...rest] = new Set((env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== ''));
  if (first !== undefined) return { paths: [first, ...rest], mustExist: false };
  return { paths: [join(homeDir, '.kube', 'config')], mustExist: false };
}

/** The files that there are, in the order in which the first that sets a value wins. */
export async function readKubeconfigs(
  flags: Flags,
  deps: Pick<PluginDeps, 'env' | 'homeDir'>,
): Promise<readonly Fields[]> {
  const { paths, mustExist } = kubeconfigPaths(flags, deps);
  const files = await Promise.all(paths.map((path) => readKubeconfig(path, mustExist)));
  return files.filter((file) => file !== undefined);
}

async function readKubeconfig(path: string, required: boolean): Promise<Fields | undefined> {
  try {
    return fields(parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!required && errorCode(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): PluginError {
  const [why = ''] = error instanceof Error ? error.message.split('\n') : [];
  return new PluginError(exitCode.usage, `cannot read the kubeconfig ${path}: ${oneLine(why)}`);
}

/** The entry of that name in one of the lists: `clusters`, `users` or `contexts`. */
export function namedEntry(files: readonly Fields[], list: string, name: string): Fields | undefined {
  return entriesOf(files, list).find((entry) => entry['name'] === name);
}

/** All entries of a list; of two with one name the first counts. */
export function entriesOf(files: readonly Fields[], list: string): readonly Fields[] {
  const seen = new Set<unknown>();
  const entries = files.flatMap((file) => (Array.isArray(file[list]) ? (file[list] as unknown[]) : []));
  return entries.map(fields).filter((entry): entry is Fields => {
    if (entry === undefined || seen.has(entry['name'])) return false;
    seen.add(entry['name']);
    return true;
  });
}

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
