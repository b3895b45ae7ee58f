import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type KubeconfigEntry, textField } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-errors.ts';

/**
 * PEM text from `NAME-data` (base64), else from the file that `NAME` leads to.
 * @throws KubeconfigError that names the file when it can't be read
 */
export async function pemOf(
  entry: KubeconfigEntry,
  name: string,
  owner: string,
): Promise<string | undefined> {
  const data = textField(entry.fields, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return readNamed(entry, name, owner);
}

/** The text of the file that the entry's field leads to, relative to the kubeconfig; undefined when there is no such field. */
export async function readNamed(
  { fields, directory }: KubeconfigEntry,
  name: string,
  owner: string,
): Promise<string | undefined> {
  const path = textField(fields, name);
  if (path === undefined) return undefined;
  const file = resolve(directory, path);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new KubeconfigError(`cannot read ${name} of "${owner}" in the kubeconfig: ${file}: ${code}`);
  }
}
