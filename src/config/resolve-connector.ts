import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { ConfigFile } from './schema/index.ts';
import type { SecretResolver } from './secret-resolver.ts';

type ConnectorFile = ConfigFile['connectors'][number];
type Path = readonly PropertyKey[];

export interface ConnectorConfig extends Pick<ConnectorFile, 'type' | 'id' | 'name'> {
  readonly config: Omit<
    ConnectorFile['config'],
    | 'clientSecretEnv'
    | 'clientSecretFile'
    | 'redirectURI'
    | 'pkceChallenge'
    | 'hostedDomains'
    | 'insecureSkipVerify'
    | 'issuerAlias'
  > & { readonly redirectURI: string };
}

/** Reads the secret and the certificates that a connector names. What is wrong with them is collected as a fault. */
export function resolveConnector(
  { type, id, name, config }: ConnectorFile,
  issuer: string,
  at: Path,
  secrets: SecretResolver,
): ConnectorConfig {
  const {
    clientSecretEnv: _variable,
    clientSecretFile: _file,
    pkceChallenge: _pkce,
    hostedDomains: _domains,
    insecureSkipVerify: _skip,
    issuerAlias: _alias,
    redirectURI = `${issuer.replace(/\/$/, '')}/callback/${id}`,
    ...rest
  } = config;
  const inside = [...at, 'config'];
  return {
    type,
    id,
    name,
    config: {
      ...rest,
      redirectURI,
      clientSecret: resolveSecret(config, inside, secrets),
      rootCAs: config.rootCAs.map((text, place) =>
        resolveAuthority(text, [...inside, 'rootCAs', place], secrets),
      ),
    },
  };
}

function resolveSecret(
  { clientSecret, clientSecretEnv, clientSecretFile }: ConnectorFile['config'],
  at: Path,
  secrets: SecretResolver,
): string | undefined {
  if (clientSecretFile !== undefined) return secrets.fromFile(clientSecretFile, [...at, 'clientSecretFile']);
  if (clientSecretEnv !== undefined) return secrets.fromEnv(clientSecretEnv, [...at, 'clientSecretEnv']);
  return clientSecret;
}

/** As in Dex: a file, else base64, else the text itself. Source: dexidp/dex pkg/httpclient (extractCAs). */
function resolveAuthority(text: string, path: Path, secrets: SecretResolver): string {
  const isText = text.includes('-----BEGIN');
  const decoded = isText ? text : Buffer.from(text, 'base64').toString();
  const pem = isText || !decoded.includes('-----BEGIN') || existsSync(text) ? undefined : decoded;
  const found = pem ?? (isText ? text : secrets.fromFile(text, path));
  // What is missing was said before.
  if (found !== '' && !isCertificate(found)) secrets.refuse(path, 'expected certificates in PEM');
  return found;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
