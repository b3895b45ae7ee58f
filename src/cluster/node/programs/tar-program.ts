import { goTrimRight } from '../../../kube/index.ts';
import { createTarReader, TarError } from '../tar/read-tar.ts';
import { tarEnd, tarHeader, tarPadding } from '../tar/write-tar.ts';
import { FileError, resolvePath } from '../world/file-system.ts';
import { openInput, openOutput } from '../world/open-file.ts';
import type { Process, Program } from '../world/process.ts';

interface TarCall {
  readonly mode: 'create' | 'extract' | 'list';
  readonly file: string;
  readonly directory: string;
  readonly names: readonly string[];
  readonly verbose: boolean;
}

/** `tar cf -`, `tar xmf - -C DIR` and `tar tf -`, as kubectl cp calls them; no compression. */
export const tar: Program = async (process) => {
  const call = readCall(process);
  if (typeof call === 'string') {
    await process.stderr.write(`tar: ${call}\n`);
    return 2;
  }
  try {
    return call.mode === 'create' ? await create(process, call) : await unpack(process, call);
  } catch (error) {
    if (!(error instanceof TarError) && !(error instanceof FileError)) throw error;
    await process.stderr.write(`tar: ${error.message}\ntar: Error is not recoverable: exiting now\n`);
    return 2;
  }
};

const modes = { c: 'create', x: 'extract', t: 'list' } as const;

/** The call, or what is wrong with it. */
function readCall({ args, cwd }: Process): TarCall | string {
  let mode: TarCall['mode'] | undefined;
  let file = '-';
  let directory = cwd;
  let verbose = false;
  const names: string[] = [];
  const left = [...args];
  let isFirst = true;
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    const isBundle = arg.startsWith('-') ? arg.length > 1 && !arg.startsWith('--') : isFirst;
    isFirst = false;
    if (arg.startsWith('--')) continue;
    if (!isBundle) {
      names.push(arg);
      continue;
    }
    for (const letter of arg.replace(/^-/, '')) {
      if (letter === 'c' || letter === 'x' || letter === 't') mode = modes[letter];
      else if (letter === 'f') file = left.shift() ?? '-';
      else if (letter === 'C') directory = resolvePath(directory, left.shift() ?? '.');
      else if (letter === 'v') verbose = true;
      else if (!'mpoh'.includes(letter)) return `option -${letter} is not simulated`;
    }
  }
  if (mode === undefined) return "You must specify one of the '-ctx' options";
  return { mode, file, directory, names, verbose };
}

async function create(process: Process, { file, directory, names }: TarCall): Promise<number> {
  const { files } = process.world;
  const output =
    file === '-' ? process.stdout : openOutput(process.world, resolvePath(process.cwd, file), false);
  let code = 0;

  async function add(path: string, name: string): Promise<void> {
    const entry = files.stat(path);
    if (entry === undefined) throw new FileError('No such file or directory');
    const isDirectory = entry.kind === 'directory';
    const member = { ...entry, path: isDirectory ? `${name}/` : name, size: isDirectory ? 0 : entry.size };
    await output.write(tarHeader(member));
    if (isDirectory) {
      for (const each of files.list(path)) await add(`${path}/${each}`, `${name}/${each}`);
      return;
    }
    for (const chunk of files.read(path)) await output.write(chunk);
    await output.write(tarPadding(entry.size));
  }

  for (const name of names) {
    const stripped = name.replace(/^\/+/, '');
    if (stripped !== name) await process.stderr.write("tar: Removing leading `/' from member names\n");
    try {
      await add(resolvePath(directory, name), goTrimRight(stripped, '/') || '.');
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await process.stderr.write(`tar: ${name}: Cannot stat: ${error.message}\n`);
      code = 2;
    }
  }
  await output.write(tarEnd);
  if (code !== 0) await process.stderr.write('tar: Exiting with failure status due to previous errors\n');
  return code;
}

async function unpack(process: Process, { mode, file, directory, verbose }: TarCall): Promise<number> {
  const { files } = process.world;
  const input = file === '-' ? process.stdin : openInput(process.world, resolvePath(process.cwd, file));
  const said: string[] = [];
  if (files.stat(directory)?.kind !== 'directory') {
    throw new FileError(`${directory}: Cannot open: No such file or directory`);
  }
  const reader = createTarReader({
    member({ path, kind, mode: bits }) {
      if (mode === 'list' || verbose) said.push(`${path}\n`);
      if (mode === 'list') return () => {};
      // Wherever it says that it belongs, it stays below the directory.
      const target = resolvePath(directory, `.${resolvePath('/', path)}`);
      if (kind === 'directory') {
        files.makeDirectory(target, { parents: true, mode: bits });
        return () => {};
      }
      if (kind === 'other') {
        said.push(`tar: ${path}: links and devices are not simulated\n`);
        return () => {};
      }
      files.makeDirectory(resolvePath(target, '..'), { parents: true });
      return files.write(target, { mode: bits });
    },
  });
  for (let data = await input.read(); data !== undefined; data = await input.read()) {
    reader.push(data);
    for (const line of said.splice(0)) await process.stdout.write(line);
  }
  reader.end();
  return 0;
}
