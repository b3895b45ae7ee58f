import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { KubeconfigError } from './kubeconfig-errors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An entry of a kubeconfig; paths in it are relative to `directory`. */
export interface KubeconfigEntry {
  readonly directory: string;
  readonly fields: Fields;
}

/** What one context of the kubeconfig says. */
export interface KubeconfigContext {
  readonly name: string;
  /** undefined when the context names none. */
  readonly namespace: string | undefined;
  readonly cluster: KubeconfigEntry;
  readonly userName: string;
  readonly user: KubeconfigEntry;
}

export interface KubeconfigChoice {
  /** This file alone; undefined: KUBECONFIG, then ~/.kube/config. */
  readonly file: string | undefined;
  /** The current one when undefined. */
  readonly context: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface KubeconfigFile {
  readonly path: string;
  readonly fields: Fields;
}

/**
 * The chosen context out of the named file, else the files of KUBECONFIG, else ~/.kube/config, merged as client-go does
 * it: the first file that sets a value wins, and files of the last two kinds may be missing.
 * @throws KubeconfigError that says which file, context, cluster or user is wrong
 */
export async function readKubeconfigContext(choice: KubeconfigChoice): Promise<KubeconfigContext> {
  const paths = kubeconfigPaths(choice);
  const read = await Promise.all(paths.map((path) => readKubeconfig(path, choice.file !== undefined)));
  const files = read.filter((file) => file !== undefined);
  if (files.length === 0) {
    throw new KubeconfigError(
      `no kubeconfig: ${paths.join(', ')} does not exist; give --kubeconfig FILE, or -f FILE to ask manifests instead of a server`,
    );
  }
  const name = choice.context ?? files.map(({ fields }) => fields['current-context']).find(isText);
  if (name === undefined) {
    throw new KubeconfigError(
      `${paths.join(', ')} has no current context; choose one with --context or the setting context`,
    );
  }
  const { fields: context } = named(files, 'contexts', 'context', name, 'context');
  const clusterName = textField(context, 'cluster');
  const userName = textField(context, 'user') ?? '';
  if (clusterName === undefined)
    throw new KubeconfigError(`the context "${name}" of the kubeconfig names no cluster`);
  return {
    name,
    namespace: textField(context, 'namespace'),
    cluster: named(files, 'clusters', 'cluster', clusterName, 'cluster'),
    userName,
    user: userName === '' ? { directory: '', fields: {} } : named(files, 'users', 'user', userName, 'user'),
  };
}

function kubeconfigPaths({ file, env }: KubeconfigChoice): readonly string[] {
  if (file !== undefined) return [file];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

async function readKubeconfig(path: string, required: boolean): Promise<KubeconfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!required && code === 'ENOENT') return undefined;
    throw new KubeconfigError(`cannot read the kubeconfig ${path}: ${code ?? 'unknown error'}`);
  }
  return { path, fields: parseKubeconfig(text, path) };
}

function parseKubeconfig(text: string, path: string): Fields {
  let value: unknown;
  try {
    // Without the excerpt that errors usually carry: it could be a token.
    value = parse(text, { prettyErrors: false });
  } catch {
    throw new KubeconfigError(`the kubeconfig ${path} is not YAML`);
  }
  if (value !== null && !isFields(value))
    throw new KubeconfigError(`the kubeconfig ${path} is not an object`);
  return value ?? {};
}

function named(
  files: readonly KubeconfigFile[],
  list: string,
  what: string,
  name: string,
  member: string,
): KubeconfigEntry {
  for (const { path, fields } of files) {
    const entries = fields[list];
    const found = Array.isArray(entries)
      ? entries.filter(isFields).find((entry) => entry['name'] === name)
      : undefined;
    if (found !== undefined) {
      const content = found[member];
      return { directory: dirname(resolve(path)), fields: isFields(content) ? content : {} };
    }
  }
  const names = files.flatMap(({ fields }) => (Array.isArray(fields[list]) ? fields[list] : []));
  const there = names.filter(isFields).map((entry) => String(entry['name']));
  throw new KubeconfigError(
    `the kubeconfig has no ${what} "${name}"; there is ${there.length === 0 ? 'none' : there.join(', ')}`,
  );
}

/** The entry's text; '' counts as absent, as in Go. */
export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return isText(value) ? value : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
