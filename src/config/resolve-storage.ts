import { resolve } from 'node:path';
import type { Config, EncryptionKeys } from './config.ts';
import { ENCRYPTION_KEY_EXPECTED, readEncryptionKey } from './encryption-key.ts';
import type { ConfigFile } from './schema/index.ts';
import type { SecretResolver } from './secret-resolver.ts';

type Encryption = NonNullable<Extract<NonNullable<ConfigFile['storage']>, { type: 'sqlite3' }>['encryption']>;
type Path = readonly PropertyKey[];

/** Stands for a key that there is a fault about: the configuration is refused. */
const NO_KEY = Buffer.alloc(0);

/** @param dataDir where the default SQLite file goes */
export function resolveStorage(
  storage: ConfigFile['storage'],
  dataDir: string,
  secrets: SecretResolver,
): Config['storage'] {
  if (storage?.type === 'memory') return { type: 'memory' };
  const { config, encryption } = storage ?? {};
  return {
    type: 'sqlite3',
    file: config ? resolve(config.file) : resolve(dataDir, 'sallyport.db'),
    ...(encryption && { encryption: resolveEncryption(encryption, secrets) }),
  };
}

function resolveEncryption({ previous, ...current }: Encryption, secrets: SecretResolver): EncryptionKeys {
  const path = ['storage', 'encryption'];
  return {
    current: resolveKey(current, path, secrets),
    previous: previous.map((key, index) => resolveKey(key, [...path, 'previous', index], secrets)),
  };
}

function resolveKey(
  { keyFile, keyEnv = '' }: Omit<Encryption, 'previous'>,
  path: Path,
  secrets: SecretResolver,
): Buffer {
  const place = [...path, keyFile === undefined ? 'keyEnv' : 'keyFile'];
  const text = keyFile === undefined ? secrets.fromEnv(keyEnv, place) : secrets.fromFile(keyFile, place);
  // What is missing was said before.
  if (text === '') return NO_KEY;
  const what = keyFile === undefined ? `environment variable ${keyEnv}` : keyFile;
  const key = readEncryptionKey(text);
  if (key === undefined) secrets.refuse(place, `${what}: ${ENCRYPTION_KEY_EXPECTED}`);
  return key ?? NO_KEY;
}
