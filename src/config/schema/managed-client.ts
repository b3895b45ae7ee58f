import { z } from 'zod';
import { issueText, pathText } from '../issue-text.ts';
import { checkRedirects } from './check-clients.ts';
import { checkAllowed } from './connectors.ts';
import { type GrantType, grantProblems } from './grant-types.ts';
import { checkChain } from './mfa.ts';
import { publicProblems, staticClient } from './static-client.ts';

/** What is nobody's to say while the server runs: files of the server, whom else it believes, and what only Dex files have. */
const ofTheFile = {
  id: true,
  idEnv: true,
  secret: true,
  secretEnv: true,
  secretFile: true,
  federatedCredentials: true,
  backchannelLogoutSessionRequired: true,
  ssoSharedWith: true,
} as const;

/** All that may be said of a client while the server runs: what an entry of `staticClients` says. */
const managedClient = z.strictObject(staticClient.shape).omit(ofTheFile);

export type ManagedClient = z.output<typeof managedClient> & { readonly grantTypes: readonly GrantType[] };

/** What else there is that a client may name. */
export interface ClientSurroundings {
  /** The grant types that are served. */
  readonly served: readonly string[];
  /** Ids of authenticators. */
  readonly authenticators: readonly string[];
  /** Ids of connectors, that of this server's accounts among them. */
  readonly connectors: readonly string[];
}

export interface ClientFault {
  /** In the words of the schema, such as `claimMappings[0].expression`; '' when it is about several. */
  readonly path: string;
  readonly message: string;
}

/** Characters of JSON: it is read at each sign-in. */
const largest = 64 * 1024;

/** Reads what is said of a client while the server runs, as an entry of `staticClients` is read. */
export function readManagedClient(
  value: unknown,
  surroundings: ClientSurroundings,
): { readonly client: ManagedClient } | { readonly faults: readonly ClientFault[] } {
  if (JSON.stringify(value ?? null).length > largest)
    return { faults: [{ path: '', message: `expected at most ${largest / 1024} KiB` }] };
  const parsed = managedClient.safeParse(value);
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(faultsOf) };
  const { grantTypes = usualGrants(parsed.data, surroundings), ...said } = parsed.data;
  const client = { ...said, grantTypes };
  const faults = problemsOf(client, surroundings);
  return faults.length === 0 ? { client } : { faults };
}

/** The same for who asks what there is to say, as a JSON schema of OpenAPI 3.0. */
export const managedClientSchema = z.toJSONSchema(managedClient, {
  io: 'input',
  target: 'openapi-3.0',
  unrepresentable: 'any',
});

/** It signs people in and keeps them signed in, or else gets tokens for itself. */
function usualGrants(
  { clientCredentialsClaims }: z.output<typeof managedClient>,
  { served }: ClientSurroundings,
): GrantType[] {
  const usual: readonly GrantType[] =
    clientCredentialsClaims === undefined ? ['authorization_code', 'refresh_token'] : ['client_credentials'];
  return usual.filter((type) => served.includes(type));
}

function problemsOf(
  client: ManagedClient,
  { served, authenticators, connectors }: ClientSurroundings,
): ClientFault[] {
  const faults: ClientFault[] = [];
  const refuse = (path: readonly PropertyKey[], message: string) =>
    void faults.push({ path: pathText(path), message });
  if (client.jwks !== undefined && client.public)
    refuse(['jwks'], 'jwks stands in place of a secret: remove it, or public');
  for (const message of publicProblems(client)) refuse([], message);
  for (const { path, message } of grantProblems(client, served as readonly GrantType[]))
    refuse(path, message);
  checkRedirects(client, refuse);
  checkChain(client.mfaChain ?? [], authenticators, (path, message) =>
    refuse(['mfaChain', ...path], message),
  );
  checkAllowed(client.allowedConnectors, new Set(connectors), (path, message) =>
    refuse(['allowedConnectors', ...path], message),
  );
  return faults;
}

function faultsOf(issue: z.core.$ZodIssue): ClientFault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), message: issueText(issue) }];
  return issue.keys.map((key) => ({
    path: pathText([...issue.path, key]),
    message:
      issue.path.length === 0 && Object.hasOwn(ofTheFile, key)
        ? 'only clients of the configuration file (staticClients) have it'
        : 'unknown key',
  }));
}
