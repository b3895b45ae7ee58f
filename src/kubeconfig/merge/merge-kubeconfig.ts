import { mkdir, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { KubeconfigError } from '../kubeconfig-errors.ts';

/** A cluster, a user and a context that all have one name. */
export interface KubeconfigLogin {
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly token: string;
  readonly namespace?: string;
}

/** kubectl reads YAML 1.1, where an unquoted `yes` is no name. */
const YAML = { version: '1.1', lineWidth: 0 } as const;

/** The login as a kubeconfig of its own, or put into one: entries of its name are replaced, all else stays as it is, comments included. */
export function kubeconfigWith(login: KubeconfigLogin, existing = '', file = 'kubeconfig'): string {
  const document = parseDocument(existing === '' ? '{}' : existing, { ...YAML, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) throw new KubeconfigError(`${file} cannot be read: ${problem.message}`);
  if (document.contents === null)
    document.contents = document.createNode({}) as unknown as typeof document.contents;
  if (!isMap(document.contents)) throw new KubeconfigError(`${file} is no kubeconfig: it is no mapping`);
  if (existing === '') document.contents.flow = false;
  for (const [key, value] of [
    ['apiVersion', 'v1'],
    ['kind', 'Config'],
  ] as const)
    if (!document.has(key)) document.set(key, value);
  const { name, server, token, namespace } = login;
  const ca = Buffer.from(login.certificateAuthority).toString('base64');
  put(document, file, 'clusters', name, { cluster: { server, 'certificate-authority-data': ca } });
  put(document, file, 'users', name, { user: { token } });
  put(document, file, 'contexts', name, {
    context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) },
  });
  // Whoever has chosen another one keeps it.
  if ((document.get('current-context') ?? '') === '') document.set('current-context', name);
  return document.toString(YAML);
}

function put(document: Document, file: string, list: string, name: string, value: object): void {
  const present: unknown = document.get(list);
  if (present !== undefined && present !== null && !isSeq(present))
    throw new KubeconfigError(`${file} is no kubeconfig: ${list} is no list`);
  const entry = document.createNode({ name, ...value }) as YAMLMap;
  if (!isSeq(present)) {
    document.set(list, document.createNode([entry]));
    return;
  }
  const entries = present as YAMLSeq;
  const at = entries.items.findIndex((item) => isMap(item) && item.get('name') === name);
  if (at < 0) {
    if (entries.items.length === 0) entries.flow = false;
    entries.add(entry);
  } else entries.items[at] = entry;
}

/**
 * Puts the login into a kubeconfig file, which is made when absent. Nobody ever sees half of it, and kubectl, which locks
 * the file in the same way, loses nothing. Mode 0600, since it holds a credential.
 * @returns the context that the file points to
 * @throws KubeconfigError when it cannot be read or written, or somebody else is writing it
 */
export async function mergeKubeconfig(path: string, login: KubeconfigLogin): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // A file that a link leads to is replaced there, and the link stays.
    const file = await realpath(path).catch(orAbsent(path));
    return await locked(file, async () => {
      const existing = await readFile(file, 'utf8').catch(orAbsent(''));
      const text = kubeconfigWith(login, existing, path);
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
      return String(parseDocument(text, YAML).get('current-context'));
    });
  } catch (error) {
    if (error instanceof KubeconfigError) throw error;
    throw new KubeconfigError(`cannot write the kubeconfig ${path}: ${(error as Error).message}`);
  }
}

/** Source: client-go tools/clientcmd/config.go, lockFile. */
async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const handle = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new KubeconfigError(`somebody else is writing ${file}; if nobody is, remove ${lock}`);
  });
  try {
    return await work();
  } finally {
    await handle.close();
    await rm(lock, { force: true });
  }
}

function orAbsent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
