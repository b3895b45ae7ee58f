import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { closest } from './closest.ts';
import type { Config, StaticClient, StaticPassword } from './config.ts';
import { ConfigError, type ConfigFault } from './config-error.ts';
import { expandEnvironment } from './expand-environment.ts';
import { issueText } from './issue-text.ts';
import type { NamedFile } from './named-file.ts';
import { type LocatedYaml, parseYaml } from './parse-yaml.ts';
import { resolveAudit } from './resolve-audit.ts';
import { resolveConnector } from './resolve-connector.ts';
import { resolveFederatedCredential } from './resolve-federated-credential.ts';
import { resolveGateway } from './resolve-gateway.ts';
import { resolveRegistration } from './resolve-registration.ts';
import { resolveStorage } from './resolve-storage.ts';
import { servedGrantTypes } from './schema/grant-types.ts';
import { type ConfigFile, configSchema } from './schema/index.ts';
import { createSecretResolver, type SecretResolver } from './secret-resolver.ts';

export interface LoadConfigDeps {
  /** Where the default SQLite file goes. */
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads what the file names for secrets. Default: from the disk. */
  readonly readNamed?: (file: string) => NamedFile;
}

/**
 * Reads and checks a configuration file.
 * Paths in the `gateway` section are relative to the file, as kubeconfig has it; storage paths to the working directory, as Dex has it.
 * @throws ConfigError with file, line and column of every fault
 */
export async function loadConfig(file: string, deps: LoadConfigDeps): Promise<Config> {
  return parseConfig(await readConfigText(file), file, deps);
}

export function parseConfig(text: string, file: string, deps: LoadConfigDeps): Config {
  const yaml = parseYaml(text, file);
  const parsed = configSchema.safeParse(expandEnvironment(yaml.value ?? {}, deps.env));
  if (!parsed.success) {
    const faults = withoutUnserved(parsed.error.issues).flatMap((issue) => faultsOf(issue, yaml));
    throw new ConfigError(faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  }
  const secrets = createSecretResolver(yaml, deps.env, deps.readNamed);
  const config = resolveConfig(parsed.data, file, deps, secrets);
  if (secrets.faults.length > 0) throw new ConfigError(secrets.faults);
  return config;
}

/** @throws ConfigError when it cannot be read */
export async function readConfigText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
    throw new ConfigError([
      { file, path: '', message: `${reason}; give the path of a configuration file with --config` },
    ]);
  }
}

function resolveConfig(
  value: ConfigFile,
  file: string,
  deps: LoadConfigDeps,
  secrets: SecretResolver,
): Config {
  const base = dirname(resolve(file));
  return {
    file,
    issuer: value.issuer,
    storage: resolveStorage(value.storage, deps.dataDir, secrets),
    signer: {
      algorithm: value.signer?.config?.algorithm,
      keysRotationPeriod: value.signer?.config?.keysRotationPeriod ?? value.expiry.signingKeys,
    },
    web: value.web,
    oauth2: resolveOAuth2(value.oauth2, secrets),
    expiry: value.expiry,
    logger: value.logger,
    telemetry: value.telemetry,
    frontend: value.frontend,
    sessions: value.sessions,
    mfa: value.mfa,
    clients: value.staticClients.map((client, index) => resolveClient(client, index, secrets)),
    accounts: value.accounts,
    passwords: value.staticPasswords.map((account, index) => resolvePassword(account, index, secrets)),
    enablePasswordDB: value.enablePasswordDB,
    connectors: value.connectors.map((connector, index) =>
      resolveConnector(connector, value.issuer, ['connectors', index], secrets),
    ),
    audit: value.audit && resolveAudit(value.audit, (path) => resolve(base, path)),
    gateway: value.gateway && resolveGateway(value.gateway, base),
  };
}

function resolveOAuth2(oauth2: ConfigFile['oauth2'], secrets: SecretResolver): Config['oauth2'] {
  const { dynamicClientRegistration: registration } = oauth2;
  return {
    ...oauth2,
    grantTypes: servedGrantTypes(oauth2),
    dynamicClientRegistration: registration && resolveRegistration(registration, secrets),
  };
}

function resolveClient(
  client: ConfigFile['staticClients'][number],
  index: number,
  secrets: SecretResolver,
): StaticClient {
  const path = ['staticClients', index];
  const { idEnv = '', secretEnv, secretFile } = client;
  const id = client.id ?? secrets.fromEnv(idEnv, [...path, 'idEnv']);
  const secret =
    secretFile !== undefined
      ? secrets.fromFile(secretFile, [...path, 'secretFile'])
      : secretEnv !== undefined
        ? secrets.fromEnv(secretEnv, [...path, 'secretEnv'])
        : (client.secret ?? '');
  return {
    id,
    ...(secret === '' ? {} : { secret }),
    name: client.name ?? id,
    ...(client.logoURL === undefined ? {} : { logoURL: client.logoURL }),
    public: client.public,
    redirectURIs: client.redirectURIs,
    postLogoutRedirectURIs: client.postLogoutRedirectURIs,
    trustedPeers: client.trustedPeers,
    grantTypes: client.grantTypes,
    jwks: client.jwks,
    federatedCredentials: client.federatedCredentials.map((credential, at) =>
      resolveFederatedCredential(credential, [...path, 'federatedCredentials', at], secrets),
    ),
    introspect: client.introspect,
    clientCredentialsClaims: client.clientCredentialsClaims,
    refreshTokenLifetime: client.refreshTokenLifetime,
    mfaChain: client.mfaChain,
    allowedConnectors: client.allowedConnectors,
    ...(client.backchannelLogoutURI === undefined
      ? {}
      : { backchannelLogoutURI: client.backchannelLogoutURI }),
    allowedGroups: client.allowedGroups,
    claimValidationRules: client.claimValidationRules,
    groupFilter: client.groupFilter,
    claimMappings: client.claimMappings,
  };
}

function resolvePassword(
  account: ConfigFile['staticPasswords'][number],
  index: number,
  secrets: SecretResolver,
): StaticPassword {
  const { hash: _hash, hashFromEnv: _variable, hashFile: _file, name, preferredUsername, ...rest } = account;
  return {
    ...rest,
    hash: resolveHash(account, ['staticPasswords', index], secrets),
    ...(name === undefined ? {} : { name }),
    ...(preferredUsername === undefined ? {} : { preferredUsername }),
  };
}

function resolveHash(
  { hash = '', hashFromEnv, hashFile }: ConfigFile['staticPasswords'][number],
  at: readonly PropertyKey[],
  secrets: SecretResolver,
): string {
  if (hashFile !== undefined) {
    const path = [...at, 'hashFile'];
    return secrets.asHash(secrets.fromFile(hashFile, path), hashFile, path);
  }
  if (hashFromEnv === undefined) return hash;
  const path = [...at, 'hashFromEnv'];
  return secrets.asHash(secrets.fromEnv(hashFromEnv, path), `environment variable ${hashFromEnv}`, path);
}

/** Where a type is not served, the keys of its `config` are of no interest: they go with it. */
function withoutUnserved(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const nameOf = (path: readonly PropertyKey[]) => path.map(String).join('.');
  const refused = new Set(issues.map(({ path }) => nameOf(path)));
  return issues.filter(
    ({ code, path }) =>
      code !== 'unrecognized_keys' ||
      path.at(-1) !== 'config' ||
      !refused.has(nameOf([...path.slice(0, -1), 'type'])),
  );
}

function faultsOf(issue: z.core.$ZodIssue, yaml: LocatedYaml): ConfigFault[] {
  if (issue.code !== 'unrecognized_keys') return [yaml.faultAt(issue.path, issueText(issue))];
  const known = knownKeysAt(issue.path);
  return issue.keys.map((key) => {
    const meant = closest(key, known);
    const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
    return yaml.faultAtKey(issue.path, key, known.length === 0 ? 'unknown key' : `unknown key; ${hint}`);
  });
}

/** The keys that are served at a path, for the hint of an unknown one. A key that is refused has an empty schema. */
function knownKeysAt(path: readonly PropertyKey[]): string[] {
  let schema = jsonSchema;
  for (const part of path) {
    const next = typeof part === 'number' ? schema.items : schema.properties?.[String(part)];
    if (next === undefined) return [];
    schema = next.properties || next.items ? next : (next.anyOf?.find((option) => option.properties) ?? next);
  }
  return Object.entries(schema.properties ?? {})
    .filter(([, value]) => Object.keys(value).length > 0)
    .map(([key]) => key);
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

const jsonSchema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
