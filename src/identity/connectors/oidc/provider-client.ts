import type { ClientAuth, Configuration, DiscoveryRequestOptions, ServerMetadata } from 'openid-client';
import { ConnectorError } from '../connector-error.ts';
import { type BoundedFetch, createBoundedFetch } from './bounded-fetch.ts';
import type { OIDCConnectorOptions } from './oidc-options.ts';
import { checkedMetadata, isOnThisMachine } from './provider-metadata.ts';

export type OpenIDClient = typeof import('openid-client');

export interface Reached {
  /** The library, which is read when somebody first signs in somewhere else. */
  readonly library: OpenIDClient;
  readonly provider: Configuration;
}

/** A provider as a client of it: found when it is first needed, and anew from time to time. */
export interface ProviderClient {
  /** @throws ConnectorError `unreachable` */
  reach(): Promise<Reached>;
  /** Whether it did not answer, and is not asked again for some seconds. */
  isAway(): boolean;
  close(): Promise<void>;
}

export interface ProviderClientDeps {
  readonly options: OIDCConnectorOptions;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds, for one answer. Default: 10 s. */
  readonly timeout?: number;
}

/** For so long a discovery document counts. */
const maxAge = 60 * 60_000;
/** Between two tries with a provider that does not answer: doubled each time. */
const firstPause = 1000;
const longestPause = 30_000;

export function createProviderClient({ options, now, timeout }: ProviderClientDeps): ProviderClient {
  const { issuer, rootCAs } = options;
  const bounded = createBoundedFetch(timeout === undefined ? { rootCAs } : { rootCAs, timeout });
  let found: { readonly reached: Reached; readonly at: number } | undefined;
  let pending: Promise<Reached> | undefined;
  let failure: { readonly error: ConnectorError; readonly until: number; readonly pause: number } | undefined;

  async function discover(): Promise<Reached> {
    try {
      const library = await import('openid-client');
      const reached = { library, provider: await discovered(library, options, bounded) };
      found = { reached, at: now() };
      failure = undefined;
      return reached;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const error = new ConnectorError('unreachable', `${issuer} was not found: ${why}`, { cause });
      const pause = Math.min((failure?.pause ?? firstPause / 2) * 2, longestPause);
      failure = { error, pause, until: now() + pause };
      // What was found before counts for as long as nothing newer comes.
      if (found !== undefined) return found.reached;
      throw error;
    }
  }

  const isAway = () => failure !== undefined && now() < failure.until;

  return {
    isAway,
    async reach() {
      if (found !== undefined && (now() - found.at < maxAge || isAway())) return found.reached;
      if (failure !== undefined && isAway()) throw failure.error;
      pending ??= discover().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    close: bounded.close,
  };
}

async function discovered(
  library: OpenIDClient,
  options: OIDCConnectorOptions,
  { fetch }: BoundedFetch,
): Promise<Configuration> {
  const { issuer, clientID } = options;
  const execute = [library.enableNonRepudiationChecks];
  if (isOnThisMachine(issuer)) execute.push(library.allowInsecureRequests);
  const how: DiscoveryRequestOptions = { [library.customFetch]: fetch, execute };
  const document = (
    await library.discovery(new URL(issuer), clientID, undefined, undefined, how)
  ).serverMetadata();
  const metadata = checkedMetadata(document, options);
  const provider = new library.Configuration(
    metadata,
    clientID,
    undefined,
    authenticationOf(library, options, document),
  );
  provider[library.customFetch] = fetch;
  for (const step of execute) step(provider);
  return provider;
}

/** As Dex finds out by trying: in the header where the provider says nothing else (OpenID Connect Discovery 1.0 §3). */
function authenticationOf(
  { None, ClientSecretBasic, ClientSecretPost }: OpenIDClient,
  { clientSecret, basicAuthUnsupported }: OIDCConnectorOptions,
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: ServerMetadata,
): ClientAuth {
  if (clientSecret === undefined) return None();
  const inBody = basicAuthUnsupported ?? !methods.includes('client_secret_basic');
  return inBody ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}
