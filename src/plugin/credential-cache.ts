import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { findKeyring, type Keyring } from './keyring.ts';
import {
  ensurePrivateDirectory,
  readPrivateFile,
  unlinkIfPresent,
  writePrivateFile,
} from './private-file.ts';

/** What is kept between two runs for one issuer and client. */
export interface Credentials {
  readonly issuer: string;
  readonly clientId: string;
  readonly idToken: string;
  /** `exp` of the ID token, in seconds since the epoch. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
  /** The refresh token is in the system's keyring instead. */
  readonly inKeyring?: true;
  /** Why the issuer refused to renew these credentials; they are dead then, and only tell the user what happened. */
  readonly endedBecause?: string;
}

export interface CredentialCache {
  readonly path: string;
  readonly lockPath: string;
  /** What is known of logins that came to nothing, and of who was given which token. */
  readonly failuresPath: string;
  readonly handedOutPath: string;
  /** Undefined when there is nothing usable; throws when the file or its directory is not safely ours. */
  read(): Credentials | undefined;
  /** Replaces the file as a whole: readers see the old or the new one, never a part. */
  write(credentials: Credentials): void;
  /** The refresh token of what has been read, from wherever it is kept; undefined when there is none, or a keyring does not give it: then it is said why. */
  refreshToken(credentials: Credentials | undefined): string | undefined;
  /** True when there was something to remove. */
  remove(): boolean;
}

export interface CredentialCacheDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  /** Both for a keyring only. */
  readonly platform?: NodeJS.Platform;
  readonly stderr?: (text: string) => void;
}

/** `$KUBECACHEDIR/sallyport`, else `~/.kube/cache/sallyport`. */
export function cacheDirectory({ env, homeDir }: CredentialCacheDeps): string {
  return join(env['KUBECACHEDIR'] || join(homeDir, '.kube', 'cache'), 'sallyport');
}

export interface CacheKey extends Pick<Credentials, 'issuer' | 'clientId'> {
  readonly extraScopes?: readonly string[];
  readonly storage?: Storage;
}

/**
 * Where the refresh token is kept: with the rest in the file, or in the system's keyring. `none`: nothing is kept at all.
 * Left out: where it is.
 */
export type Storage = 'disk' | 'keyring' | 'none';

/** The cache entry of one issuer and client: a token is never found by another audience's key. */
export function openCredentialCache(
  deps: CredentialCacheDeps,
  { issuer, clientId, extraScopes = [], storage }: CacheKey,
): CredentialCache {
  const directory = cacheDirectory(deps);
  const key = createHash('sha256')
    .update(JSON.stringify([issuer, clientId, ...extraScopes]))
    .digest('hex');
  const path = join(directory, `${key}.json`);
  const [failuresPath, handedOutPath] = [`${key}.failures`, `${key}.handed-out`].map((name) =>
    join(directory, name),
  ) as [string, string];
  const read = (): Credentials | undefined => {
    if (storage === 'none') return undefined;
    const text = readPrivateFile(directory, path);
    const credentials = text === undefined ? undefined : parseCredentials(text);
    return credentials?.issuer === issuer && credentials.clientId === clientId ? credentials : undefined;
  };
  const isInKeyring = (): boolean => {
    try {
      return read()?.inKeyring === true;
    } catch {
      // A file that must not be believed is replaced or removed all the same.
      return false;
    }
  };
  const keyring = () => findKeyring({ env: deps.env, platform: deps.platform ?? 'linux' });
  return {
    path,
    lockPath: join(directory, `${key}.lock`),
    failuresPath,
    handedOutPath,
    read,
    refreshToken: (credentials) =>
      credentials?.inKeyring === true ? fromKeyring(key, keyring(), deps) : credentials?.refreshToken,
    write: (credentials) => {
      if (storage === 'none') return;
      ensurePrivateDirectory(directory);
      const wanted = storage ?? (isInKeyring() ? 'keyring' : 'disk');
      const kept = wanted === 'keyring' ? keepInKeyring(credentials, key, keyring(), deps) : credentials;
      // A rotated refresh token that is lost in a crash ends the session at the issuer.
      writePrivateFile(path, JSON.stringify(kept), { durable: true });
    },
    remove: () => {
      if (isInKeyring()) keyring()?.clear(key);
      unlinkIfPresent(failuresPath);
      unlinkIfPresent(handedOutPath);
      return unlinkIfPresent(path);
    },
  };
}

const noKeyring = 'there is none of secret-tool, security and pass';

function fromKeyring(
  account: string,
  keyring: Keyring | undefined,
  { stderr }: CredentialCacheDeps,
): string | undefined {
  const found = keyring?.lookup(account) ?? { why: noKeyring };
  if ('secret' in found) return found.secret;
  const why = keyring === undefined ? found.why : `${keyring.name}: ${found.why}`;
  stderr?.(
    `Warning: the keyring does not give the refresh token (${why}); without it only a new login helps.\n`,
  );
  return undefined;
}

/** Without the refresh token where the keyring has taken it; as they are, and said aloud, where it has not. */
function keepInKeyring(
  credentials: Credentials,
  account: string,
  keyring: Keyring | undefined,
  { stderr }: CredentialCacheDeps,
): Credentials {
  const { refreshToken, inKeyring, ...rest } = credentials;
  if (refreshToken === undefined) return credentials;
  const refusal = keyring === undefined ? noKeyring : keyring.store(account, refreshToken);
  if (refusal === undefined) return { ...rest, inKeyring: true };
  const why = keyring === undefined ? refusal : `${keyring.name} does not take it: ${refusal}`;
  stderr?.(`Warning: no keyring keeps the refresh token (${why}); it is in a file of mode 0600 instead.\n`);
  return { ...rest, refreshToken };
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
  const { issuer, clientId, idToken, expiresAt, refreshToken, inKeyring, endedBecause } = value as Record<
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
    ...(inKeyring === true ? { inKeyring } : {}),
    ...(typeof endedBecause === 'string' ? { endedBecause } : {}),
  };
}
