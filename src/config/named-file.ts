import { readFileSync } from 'node:fs';

/** What a file holds, or why it cannot be read. */
export interface NamedFile {
  readonly text: string;
  readonly problem?: string;
}

export function readNamed(file: string): NamedFile {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    return { text: '', problem: reasonOf(error as NodeJS.ErrnoException) };
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file';
  return code === 'EACCES' ? 'no permission to read it' : message;
}
