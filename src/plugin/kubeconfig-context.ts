import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { errorCode, exitCode, PluginError } from './exit.ts';
import { type Flags, textFlag } from './flags.ts';
import type { PluginDeps } from './invocation.ts';
import { oneLine } from './terminal-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The flags that matter to a login, out of the exec arguments of the current kubeconfig context's user. */
export async function execFlags(flags: Flags, deps: Pick<PluginDeps, 'env' | 'homeDir'>): Promise<Flags> {
  const files = await readKubeconfigs(flags, deps);
  const contextName = textFlag(flags, 'context') ?? files.map((file) => file['current-context']).find(isName);
  if (contextName === undefined) return {};
  const context = fields(named(files, 'contexts', contextName)?.['context']);
  if (context === undefined) {
    throw new PluginError(
      exitCode.usage,
      `the context "${oneLine(contextName)}" does not exist in the kubeconfig`,
    );
  }
  const user = isName(context['user']) ? fields(named(files, 'users', context['user'])?.['user']) : undefined;
  const args = fields(user?.['exec'])?.['args'];
  return Array.isArray(args)
    ? readArgs(args.filter((argument): argument is string => typeof argument === 'string'))
    : {};
}

/**
 * --kubeconfig, else the files of KUBECONFIG, else ~/.kube/config; merged as client-go does it: the first file that
 * sets a value wins. Files of the last two kinds may be missing.
 */
async function readKubeconfigs(flags: Flags, { env, homeDir }: Pick<PluginDeps, 'env' | 'homeDir'>) {
  const explicit = textFlag(flags, 'kubeconfig');
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths =
    explicit !== undefined ? [explicit] : listed.length > 0 ? listed : [join(homeDir, '.kube', 'config')];
  const files = await Promise.all(paths.map((path) => readKubeconfig(path, explicit !== undefined)));
  return files.filter((file) => file !== undefined);
}

async function readKubeconfig(path: string, required: boolean): Promise<Fields | undefined> {
  try {
    return fields(parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!required && errorCode(error) === 'ENOENT') return undefined;
    const [why = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new PluginError(exitCode.usage, `cannot read the kubeconfig ${path}: ${oneLine(why)}`);
  }
}

function named(files: readonly Fields[], list: string, name: string): Fields | undefined {
  for (const file of files) {
    const entries = file[list];
    const found = Array.isArray(entries)
      ? entries.map(fields).find((entry) => entry?.['name'] === name)
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function readArgs(args: readonly string[]): Flags {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    // Other credential plugins may stand there; their flags are none of our business.
    strict: false,
    options: {
      'issuer-url': text,
      'client-id': text,
      'certificate-authority': text,
      'certificate-authority-data': text,
    },
  });
  const known = ['issuer-url', 'client-id', 'certificate-authority', 'certificate-authority-data'];
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => known.includes(name) && isName(value)),
  ) as Flags;
}

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
