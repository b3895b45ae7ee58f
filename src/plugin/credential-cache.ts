import { createHash, randomBytes } from 'node:crypto';
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
import { join } from 'node:path';
import { errorCode, exitCode, PluginError } from './exit.ts';

/** What is kept between two runs for one issuer and client. */
export interface Credentials {
  readonly issuer: string;
  readonly clientId: string;
  readonly idToken: string;
  /** `exp` of the ID token, in seconds since the epoch. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
  /** Why the issuer refused to renew these credentials; they are dead then, and only tell the user what happened. */
  readonly endedBecause?: string;
}

export interface CredentialCache {
  readonly path: string;
  readonly lockPath: string;
  /** Undefined when there is nothing usable; throws when the file or its directory is not safely ours. */
  read(): Credentials | undefined;
  /** Replaces the file as a whole: readers see the old or the new one, never a part. */
  write(credentials: Credentials): void;
  /** True when there was something to remove. */
  remove(): boolean;
}

export interface CredentialCacheDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
}

/** `$KUBECACHEDIR/sallyport`, else `~/.kube/cache/sallyport`. */
export function cacheDirectory({ env, homeDir }: CredentialCacheDeps): string {
  return join(env['KUBECACHEDIR'] || join(homeDir, '.kube', 'cache'), 'sallyport');
}

/** The cache entry of one issuer and client: a token is never found by another audience's key. */
export function openCredentialCache(
  deps: CredentialCacheDeps,
  { issuer, clientId }: Pick<Credentials, 'issuer' | 'clientId'>,
): CredentialCache {
  const directory = cacheDirectory(deps);
  const key = createHash('sha256')
    .update(JSON.stringify([issuer, clientId]))
    .digest('hex');
  const path = join(directory, `${key}.json`);
  return {
    path,
    lockPath: join(directory, `${key}.lock`),
    read: () => {
      const text = readPrivateFile(directory, path);
      const credentials = text === undefined ? undefined : parseCredentials(text);
      return credentials?.issuer === issuer && credentials.clientId === clientId ? credentials : undefined;
    },
    write: (credentials) => {
      ensurePrivateDirectory(directory);
      replaceFile(path, JSON.stringify(credentials));
    },
    remove: () => unlinkIfPresent(path),
  };
}

/** Makes the directory when it is missing; refuses one that others can use. */
export function ensurePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  assertPrivate(lstatSync(directory), directory, 'directory');
}

function readPrivateFile(directory: string, path: string): string | undefined {
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

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const descriptor = openSync(temporary, flags, 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
      // A rotated refresh token that is lost in a crash ends the session at the issuer.
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    unlinkIfPresent(temporary);
    throw error;
  }
}

function unlinkIfPresent(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** A damaged file counts as absent: the way out is the same, a login. */
function parseCredentials(text: string): Credentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { issuer, clientId, idToken, expiresAt, refreshToken, endedBecause } = value as Record<
    string,
    unknown
  >;
  if (typeof issuer !== 'string' || typeof clientId !== 'string') return undefined;
  if (typeof idToken !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(idToken)) return undefined;
  if (typeof expiresAt !== 'number' || !Number.isSafeInteger(expiresAt)) return undefined;
  return {
    issuer,
    clientId,
    idToken,
    expiresAt,
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
    ...(typeof endedBecause === 'string' ? { endedBecause } : {}),
  };
}
