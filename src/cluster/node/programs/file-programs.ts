import { type Entry, FileError, resolvePath } from '../world/file-system.ts';
import { openInput, openOutput } from '../world/open-file.ts';
import type { Process, Program } from '../world/process.ts';
import type { Input } from '../world/process-io.ts';

/** Options of one letter, in front; `--` and `-` end them. */
export function splitOptions(args: readonly string[]): { options: string; rest: readonly string[] } {
  let count = 0;
  while (/^-[^-]/.test(args[count] ?? '')) count += 1;
  const options = args
    .slice(0, count)
    .map((arg) => arg.slice(1))
    .join('');
  return { options, rest: args.slice(args[count] === '--' ? count + 1 : count) };
}

/** Does something for each file; what fails is said, and the exit code is 1. */
async function forEach(
  process: Process,
  names: readonly string[],
  work: (path: string, name: string) => Promise<void>,
): Promise<number> {
  let code = 0;
  for (const name of names) {
    try {
      await work(resolvePath(process.cwd, name), name);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await process.stderr.write(`${process.name}: ${name}: ${error.message}\n`);
      code = 1;
    }
  }
  return code;
}

/** What the names stand for, one after the other; standard input for none and for `-`. */
function inputs(process: Process, names: readonly string[], each: (input: Input) => Promise<void>) {
  if (names.length === 0) return each(process.stdin).then(() => 0);
  return forEach(process, names, (path, name) =>
    each(name === '-' ? process.stdin : openInput(process.world, path)),
  );
}

const cat: Program = (process) =>
  inputs(process, splitOptions(process.args).rest, async (input) => {
    for (let data = await input.read(); data !== undefined; data = await input.read()) {
      await process.stdout.write(data);
    }
  });

const ls: Program = async (process) => {
  const { options, rest } = splitOptions(process.args);
  const isLong = options.includes('l');
  const { files } = process.world;
  const line = (name: string, entry: Entry) => (isLong ? `${longLine(entry)} ${name}\n` : `${name}\n`);
  return forEach(process, rest.length === 0 ? ['.'] : rest, async (path, name) => {
    const entry = files.stat(path);
    if (entry === undefined) throw new FileError('No such file or directory');
    if (entry.kind === 'file' || options.includes('d')) {
      await process.stdout.write(line(name, entry));
      return;
    }
    if (rest.length > 1) await process.stdout.write(`${name}:\n`);
    const names = files.list(path).filter((each) => options.includes('a') || !each.startsWith('.'));
    for (const each of names) {
      const child = files.stat(`${path}/${each}`);
      if (child !== undefined) await process.stdout.write(line(each, child));
    }
  });
};

function longLine({ kind, mode, size, modifiedAt }: Entry): string {
  const bits = [...'rwxrwxrwx'].map((bit, index) => ((mode >> (8 - index)) & 1 ? bit : '-')).join('');
  const when = new Date(modifiedAt).toISOString().slice(0, 16).replace('T', ' ');
  return `${kind === 'directory' ? 'd' : '-'}${bits} 1 root root ${String(size).padStart(8)} ${when}`;
}

const mkdir: Program = (process) => {
  const { options, rest } = splitOptions(process.args);
  return forEach(process, rest, async (path) =>
    process.world.files.makeDirectory(path, { parents: options.includes('p') }),
  );
};

const rm: Program = (process) => {
  const { options, rest } = splitOptions(process.args);
  const { files } = process.world;
  return forEach(process, rest, async (path) => {
    const entry = files.stat(path);
    if (entry === undefined && options.includes('f')) return;
    if (entry?.kind === 'directory' && !/[rR]/.test(options)) throw new FileError('Is a directory');
    files.remove(path);
  });
};

const touch: Program = (process) =>
  forEach(process, splitOptions(process.args).rest, async (path) => {
    process.world.files.write(path, { append: true });
  });

const tee: Program = async (process) => {
  const { options, rest } = splitOptions(process.args);
  const outputs = rest.map((name) =>
    openOutput(process.world, resolvePath(process.cwd, name), options.includes('a')),
  );
  for (let data = await process.stdin.read(); data !== undefined; data = await process.stdin.read()) {
    for (const output of [process.stdout, ...outputs]) await output.write(data);
  }
  return 0;
};

/** `-n N`, `-c N` and their short forms; `+N` counts from the start. */
function amount(args: readonly string[]): {
  unit: 'lines' | 'bytes';
  count: number;
  fromStart: boolean;
  rest: string[];
} {
  const match = /^-(?:([nc])\s*)?(\+?\d+)?$/.exec(args[0] ?? '');
  if (match === null) return { unit: 'lines', count: 10, fromStart: false, rest: [...args] };
  const isSplit = match[2] === undefined;
  const value = (isSplit ? args[1] : match[2]) ?? '10';
  return {
    unit: match[1] === 'c' ? 'bytes' : 'lines',
    count: Number.parseInt(value.replace('+', ''), 10) || 0,
    fromStart: value.startsWith('+'),
    rest: args.slice(isSplit ? 2 : 1),
  };
}

const head: Program = (process) => {
  const { unit, count, rest } = amount(process.args);
  return inputs(process, rest, async (input) => {
    let left = count;
    while (left > 0) {
      const data = await input.read();
      if (data === undefined) return;
      const end = unit === 'bytes' ? Math.min(left, data.length) : endOfLines(data, left);
      await process.stdout.write(data.subarray(0, end));
      left -= unit === 'bytes' ? end : countLines(data.subarray(0, end));
    }
  });
};

function endOfLines(data: Buffer, lines: number): number {
  let end = 0;
  for (let left = lines; left > 0; left--) {
    const next = data.indexOf(0x0a, end);
    if (next < 0) return data.length;
    end = next + 1;
  }
  return end;
}

function countLines(data: Buffer): number {
  let count = 0;
  for (let at = data.indexOf(0x0a); at >= 0; at = data.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

/** What `tail` and `wc` look at. */
const maxTail = 1024 * 1024;

const tail: Program = (process) => {
  const { unit, count, fromStart, rest } = amount(process.args);
  return inputs(process, rest, async (input) => {
    let skip = fromStart ? Math.max(0, count - 1) : 0;
    let kept: Buffer = Buffer.alloc(0);
    for (let data = await input.read(); data !== undefined; data = await input.read()) {
      if (fromStart) {
        const start =
          unit === 'bytes' ? Math.min(skip, data.length) : skip === 0 ? 0 : endOfLines(data, skip);
        skip -= unit === 'bytes' ? start : countLines(data.subarray(0, start));
        await process.stdout.write(data.subarray(start));
      } else {
        kept = Buffer.concat([kept, data]);
        if (kept.length > maxTail) kept = kept.subarray(kept.length - maxTail);
      }
    }
    if (!fromStart) await process.stdout.write(kept.subarray(tailStart(kept, unit, count)));
  });
};

function tailStart(data: Buffer, unit: 'lines' | 'bytes', count: number): number {
  if (unit === 'bytes') return Math.max(0, data.length - count);
  let start = data.length;
  for (let left = count; left > 0 && start > 0; left--) start = data.lastIndexOf(0x0a, start - 2) + 1;
  return start;
}

const wc: Program = (process) => {
  const { options, rest } = splitOptions(process.args);
  return inputs(process, rest, async (input) => {
    let lines = 0;
    let bytes = 0;
    for (let data = await input.read(); data !== undefined; data = await input.read()) {
      lines += countLines(data);
      bytes += data.length;
    }
    const counts = options === 'c' ? [bytes] : options === 'l' ? [lines] : [lines, bytes];
    await process.stdout.write(`${counts.join(' ')}\n`);
  });
};

export const filePrograms: Readonly<Record<string, Program>> = {
  cat,
  ls,
  mkdir,
  rm,
  touch,
  tee,
  head,
  tail,
  wc,
};
