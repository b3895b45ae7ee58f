import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { errorCode, exitCode, PluginError } from './exit.ts';

/** Makes the directory when it is missing; refuses one that others can use. */
export function ensurePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  assertPrivate(lstatSync(directory), directory, 'directory');
}

/** The text of a file that is the user's alone; undefined when it is not there. Throws PluginError when it is not safely ours. */
export function readPrivateFile(directory: string, path: string): string | undefined {
  let descriptor: number;
  try {
    assertPrivate(lstatSync(directory), directory, 'directory');
    // O_NOFOLLOW: a planted link must not make us read (or believe) another file; O_NONBLOCK: nor a pipe hang us.
    descriptor = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'ELOOP') throw unsafe(path, 'is a symbolic link', `rm ${path}`);
    throw error;
  }
  try {
    assertPrivate(fstatSync(descriptor), path, 'file');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces the file as a whole: readers see the old or the new one. `durable`: it also survives a crash of the machine. */
export function writePrivateFile(path: string, text: string, { durable = false } = {}): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const descriptor = openSync(temporary, flags, 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
      if (durable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    unlinkIfPresent(temporary);
    throw error;
  }
}

/** True when it was there. */
export function unlinkIfPresent(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Throws PluginError when anybody else could read or replace it. */
function assertPrivate(stats: Stats, path: string, kind: 'file' | 'directory'): void {
  if (stats.isSymbolicLink()) throw unsafe(path, 'is a symbolic link', `rm ${path}`);
  if (kind === 'file' ? !stats.isFile() : !stats.isDirectory())
    throw unsafe(path, `is not a ${kind}`, `rm ${path}`);
  // No user ids and no permission bits on Windows: the profile directory is private by its ACL.
  if (process.getuid === undefined) return;
  if (stats.uid !== process.getuid()) throw unsafe(path, 'belongs to another user', `rm -r ${path}`);
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    throw unsafe(
      path,
      `is open to other users (mode ${mode})`,
      `chmod ${kind === 'file' ? '600' : '700'} ${path}`,
    );
  }
}

function unsafe(path: string, why: string, fix: string): PluginError {
  return new PluginError(
    exitCode.failure,
    `refusing the credential cache: ${path} ${why}; fix it with: ${fix}`,
  );
}
