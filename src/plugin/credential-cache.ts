import { createHash } from 'node:crypto';
import { join } from 'node:path';
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

export interface CacheKey extends Pick<Credentials, 'issuer' | 'clientId'> {
  readonly extraScopes?: readonly string[];
}

/** The cache entry of one issuer and client: a token is never found by another audience's key. */
export function openCredentialCache(
  deps: CredentialCacheDeps,
  { issuer, clientId, extraScopes = [] }: CacheKey,
): CredentialCache {
  const directory = cacheDirectory(deps);
  const key = createHash('sha256')
    .update(JSON.stringify([issuer, clientId, ...extraScopes]))
    .digest('hex');
  const path = join(directory, `${key}.json`);
  const [failuresPath, handedOutPath] = [`${key}.failures`, `${key}.handed-out`].map((name) =>
    join(directory, name),
  ) as [string, string];
  return {
    path,
    lockPath: join(directory, `${key}.lock`),
    failuresPath,
    handedOutPath,
    read: () => {
      const text = readPrivateFile(directory, path);
      const credentials = text === undefined ? undefined : parseCredentials(text);
      return credentials?.issuer === issuer && credentials.clientId === clientId ? credentials : undefined;
    },
    write: (credentials) => {
      ensurePrivateDirectory(directory);
      // A rotated refresh token that is lost in a crash ends the session at the issuer.
      writePrivateFile(path, JSON.stringify(credentials), { durable: true });
    },
    remove: () => {
      unlinkIfPresent(failuresPath);
      unlinkIfPresent(handedOutPath);
      return unlinkIfPresent(path);
    },
  };
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
