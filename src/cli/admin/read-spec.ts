import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { UsageError } from '../command.ts';

/**
 * What a file says of an object, YAML or JSON.
 * @param file `-` for standard input
 * @throws UsageError
 */
export async function readSpec(file: string): Promise<Readonly<Record<string, unknown>>> {
  const name = file === '-' ? 'standard input' : file;
  const spec: unknown = parsed(file === '-' ? await text(process.stdin) : await read(file), name);
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    throw new UsageError(`${name}: expected keys and values`);
  return spec as Readonly<Record<string, unknown>>;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${file}: ${code}`);
  }
}

function parsed(content: string, name: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    throw new UsageError(`${name}: ${(error as Error).message}`);
  }
}
