import { resolve } from 'node:path';
import type { Config, EncryptionKeys, EtcdStorageConfig } from './config.ts';
import { ENCRYPTION_KEY_EXPECTED, readEncryptionKey } from './encryption-key.ts';
import type { ConfigFile } from './schema/index.ts';
import type { SecretResolver } from './secret-resolver.ts';

type Kind<Type> = Extract<NonNullable<ConfigFile['storage']>, { type: Type }>;
type Encryption = NonNullable<Kind<'sqlite3'>['encryption']>;
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
  const encryption = storage?.encryption && { encryption: resolveEncryption(storage.encryption, secrets) };
  if (storage?.type === 'etcd') return { ...resolveEtcd(storage.config, secrets), ...encryption };
  const { file, synchronous = 'full' } = storage?.config ?? {};
  return {
    type: 'sqlite3',
    file: file === undefined ? resolve(dataDir, 'sallyport.db') : resolve(file),
    synchronous,
    ...encryption,
  };
}

function resolveEtcd(config: Kind<'etcd'>['config'], secrets: SecretResolver): EtcdStorageConfig {
  const { namespace, username: name, password, ssl } = config;
  // As etcd's own clients: without a scheme, certificates make it https.
  const scheme = ssl === undefined ? 'http' : 'https';
  const [first = '', ...others] = config.endpoints.map(
    (endpoint) => new URL(endpoint.includes('://') ? endpoint : `${scheme}://${endpoint}`).origin,
  );
  return {
    type: 'etcd',
    endpoints: [first, ...others],
    namespace,
    ...(name !== undefined && password !== undefined && { credentials: { name, password } }),
    ...(ssl !== undefined && { tls: resolveSsl(ssl, secrets) }),
  };
}

function resolveSsl(
  { serverName, caFile, certFile, keyFile }: NonNullable<Kind<'etcd'>['config']['ssl']>,
  secrets: SecretResolver,
): NonNullable<EtcdStorageConfig['tls']> {
  const read = (file: string, key: string) => secrets.fromFile(file, ['storage', 'config', 'ssl', key]);
  return {
    ...(serverName !== undefined && { serverName }),
    ...(caFile !== undefined && { ca: read(caFile, 'caFile') }),
    ...(certFile !== undefined && { cert: read(certFile, 'certFile') }),
    ...(keyFile !== undefined && { key: read(keyFile, 'keyFile') }),
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
