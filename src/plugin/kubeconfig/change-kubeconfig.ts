import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import type { Flags } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import { type EntryEdit, editKubeconfig, type KubeconfigEdit } from './edit-kubeconfig.ts';
import { type Fields, fields, isName, kubeconfigPaths, namedEntry, unreadable } from './kubeconfig-files.ts';

export interface ChangedFile {
  readonly path: string;
  /** The file's text with the edit in it. */
  readonly text: string;
  readonly entries: readonly {
    /** As kubectl names things: `context/sallyport`. */
    readonly name: string;
    readonly status: 'created' | 'configured' | 'unchanged';
  }[];
}

/** How long another program may hold the lock of a kubeconfig, in milliseconds. */
const patienceMs = 1_000;

/**
 * Writes the edit into the kubeconfig files, as `kubectl config` does: an entry into the file that has it already, a new one
 * into the first file that there is. Each file is replaced as a whole, under kubectl's own lock. With `write: false` it is
 * only worked out. Throws PluginError when a file cannot be read or is locked; then nothing is changed.
 */
export async function changeKubeconfig(
  edit: KubeconfigEdit,
  flags: Flags,
  deps: Pick<PluginDeps, 'env' | 'homeDir'>,
  { write }: { readonly write: boolean },
): Promise<readonly ChangedFile[]> {
  const { paths } = kubeconfigPaths(flags, deps);
  const locks: string[] = [];
  try {
    if (write) for (const path of paths) locks.push(await lock(path));
    const files = await Promise.all(paths.map(readFileText));
    const edits = distribute(edit, files);
    const changed = files.flatMap((file) => {
      const own = edits.get(file.path);
      return own === undefined ? [] : [changedFile(file, own)];
    });
    for (const { path, text } of changed) {
      if (write && text !== files.find((file) => file.path === path)?.text) await replace(path, text);
    }
    return changed;
  } finally {
    for (const path of locks) await unlink(path).catch(() => {});
  }
}

interface KubeconfigFile {
  readonly path: string;
  readonly exists: boolean;
  readonly text: string;
  readonly content: Fields;
}

async function readFileText(path: string): Promise<KubeconfigFile> {
  try {
    const text = await readFile(path, 'utf8');
    return { path, exists: true, text, content: fields(parse(text)) ?? {} };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { path, exists: false, text: '', content: {} };
    throw unreadable(path, error);
  }
}

/** Which file takes which part. */
function distribute(
  edit: KubeconfigEdit,
  files: readonly KubeconfigFile[],
): ReadonlyMap<string, KubeconfigEdit> {
  const home = (files.find(({ exists }) => exists) ?? files.at(-1))?.path ?? '';
  const entries = new Map<string, EntryEdit[]>();
  for (const entry of edit.entries) {
    const owner = files.find(({ content }) => namedEntry([content], entry.list, entry.name) !== undefined);
    const path = owner?.path ?? home;
    entries.set(path, [...(entries.get(path) ?? []), entry]);
  }
  const edits = new Map<string, KubeconfigEdit>([...entries].map(([path, own]) => [path, { entries: own }]));
  const { currentContext } = edit;
  if (currentContext !== undefined) {
    const path = files.find(({ content }) => isName(content['current-context']))?.path ?? home;
    edits.set(path, { entries: entries.get(path) ?? [], currentContext });
  }
  return edits;
}

function changedFile({ path, text, content }: KubeconfigFile, edit: KubeconfigEdit): ChangedFile {
  let after: string;
  try {
    after = editKubeconfig(text, edit);
  } catch (error) {
    throw unreadable(path, error);
  }
  const now = fields(parse(after)) ?? {};
  const entries = edit.entries.map(({ list, name }) => {
    const [old, wanted] = [content, now].map((part) => JSON.stringify(namedEntry([part], list, name)));
    const status = old === undefined ? 'created' : old === wanted ? 'unchanged' : 'configured';
    return { name: `${list.slice(0, -1)}/${name}`, status } as const;
  });
  return { path, text: after, entries };
}

/** client-go's way to lock a kubeconfig: tools/clientcmd/config.go. */
async function lock(path: string): Promise<string> {
  const file = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (const until = Date.now() + patienceMs; ; ) {
    try {
      await (await open(file, 'wx', 0o600)).close();
      return file;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw unreadable(path, error);
      if (Date.now() > until) {
        throw new PluginError(
          exitCode.conflict,
          `the kubeconfig is locked: another program changes it, or one that died has left ${file}; then remove that file`,
        );
      }
      await delay(50);
    }
  }
}

/** As a whole, through the links that lead to it, with the mode that it had. */
async function replace(path: string, text: string): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const mode = await stat(file).then(
    (stats) => stats.mode & 0o777,
    () => 0o600,
  );
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    throw error;
  }
}
