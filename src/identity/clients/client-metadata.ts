import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { isDexOwnRedirect, redirectUriProblem } from '../../redirect-uri.ts';
import { clientCredentialsGrant } from '../client-credentials/client-credentials.ts';
import { federatedCredentialProblem } from '../federated-credentials/check-federated-credentials.ts';
import type { ClientConfig, Log } from '../identity-deps.ts';
import { ownPagesClient, ownPagesClientId } from '../interaction/own-pages.ts';
import { type GrantClient, grantTypesOf, usualGrantTypes } from './grant-types.ts';

/** A client as the provider wants it (RFC 7591 names), with two members of our own. */
export interface ClientMetadata {
  readonly client_id: string;
  readonly client_name: string;
  readonly logo_uri?: string;
  readonly client_secret?: string;
  readonly jwks?: { keys: JWK[] };
  readonly token_endpoint_auth_method:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'private_key_jwt'
    | 'none';
  readonly application_type: 'web' | 'native';
  readonly redirect_uris: string[];
  readonly post_logout_redirect_uris: string[];
  readonly grant_types: string[];
  readonly response_types: 'code'[];
  /** The groups of the client itself, in tokens that it gets without a person. */
  readonly own_groups: string[];
  /** May introspect tokens of others. */
  readonly introspects: boolean;
  /** Any loopback redirect URI will do. */
  readonly loopback_redirects: boolean;
  /** Part of this product: no consent, all claims and a refresh token even when only `openid` was asked for. */
  readonly first_party: boolean;
  /** Refresh tokens end with the browser's session. */
  readonly session_bound: boolean;
  /** The clients that may ask for tokens for this one. */
  readonly trusted_peers: string[];
  /** Is not configured: of its secret the hash is known, and it can be removed. */
  readonly registered?: true;
  /** Of one that is not configured: an operator has made it. Without it, it has registered itself. */
  readonly vouched_for?: true;
}

/** A client configuration that must not be used as it stands. */
export class ClientConfigError extends Error {
  readonly code = 'SP_IDENTITY_CLIENT_CONFIG';
}

/** The id of the client that is always there, for kubectl's login plugins. */
export const kubectlClientId = 'kubectl';

/** It, unless a configured client has its id. */
export const kubectl: ClientConfig = { id: kubectlClientId, name: 'kubectl', public: true };

/**
 * The provider's clients: the configured ones, and `kubectl` unless one of them has that id.
 * @throws ClientConfigError
 */
export function toClientMetadata(
  clients: readonly ClientConfig[],
  issuer: string,
  log: Log,
  served: readonly string[] = usualGrantTypes,
): ClientMetadata[] {
  const seen = new Set<string>();
  if (clients.some(({ id }) => id === ownPagesClientId))
    throw new ClientConfigError(
      `the client id ${ownPagesClientId} is taken by the pages of Sallyport itself`,
    );
  for (const { id } of clients) {
    if (seen.has(id)) throw new ClientConfigError(`two clients have the id ${id}`);
    seen.add(id);
  }
  const problem = federatedCredentialProblem(clients, issuer);
  if (problem !== undefined) throw new ClientConfigError(problem);
  const builtIn = seen.has(kubectlClientId) ? [] : [metadataOf(kubectl, { firstParty: true, served })];
  const configured = clients.map((client) =>
    metadataOf(withUsableRedirects(client, issuer, log), { firstParty: false, served }),
  );
  if (issuer.startsWith('https:')) warnOfPlainHttp(configured, log);
  return [...configured, ...builtIn, ownPagesClient(issuer.replace(/\/$/, ''))];
}

function withUsableRedirects(client: ClientConfig, issuer: string, log: Log): ClientConfig {
  const redirectURIs = client.redirectURIs?.filter((uri) => !isDexOwnRedirect(uri, issuer));
  if (redirectURIs?.length === client.redirectURIs?.length) return client;
  log.info(
    { client_id: client.id },
    "redirect URIs of Dex's own device and out-of-band pages are not needed here",
  );
  return { ...client, redirectURIs };
}

/**
 * One client, as the provider wants it.
 * @throws ClientConfigError
 */
export function metadataOf(
  client: ClientConfig,
  { firstParty, served }: { readonly firstParty: boolean; readonly served: readonly string[] },
): ClientMetadata {
  const isPublic = client.public === true;
  const { jwks } = client;
  const secret = secretOf(client);
  if (!isPublic && secret === '' && jwks === undefined) {
    throw new ClientConfigError(`client ${client.id} has no secret and is not public`);
  }
  const registered = [...(client.redirectURIs ?? [])];
  const anyLoopback = isPublic && registered.length === 0;
  const redirects = anyLoopback || registered.length > 0;
  const grantTypes = grantTypesFor(client, { loopback: anyLoopback, secret: !isPublic, redirects }, served);
  const postLogout = [...(client.postLogoutRedirectURIs ?? [])];
  for (const uri of [...registered, ...postLogout]) {
    const problem = redirectUriProblem(uri);
    if (problem !== undefined)
      throw new ClientConfigError(`redirect URI of client ${client.id} ${problem}: ${uri}`);
  }
  const ownScheme = [...registered, ...postLogout].some((uri) => !/^https?:/i.test(uri));
  return {
    client_id: client.id,
    client_name: client.name ?? client.id,
    ...(client.logoURL === undefined ? {} : { logo_uri: client.logoURL }),
    ...(isPublic || jwks !== undefined ? {} : { client_secret: secret }),
    ...(jwks === undefined ? {} : { jwks: { keys: jwks.keys.map((key) => ({ ...key })) } }),
    token_endpoint_auth_method: isPublic
      ? 'none'
      : jwks === undefined
        ? 'client_secret_basic'
        : 'private_key_jwt',
    application_type: anyLoopback || ownScheme ? 'native' : 'web',
    // The provider wants at least one; what counts for loopback clients is `loopback_redirects`.
    redirect_uris: anyLoopback ? ['http://127.0.0.1/'] : registered,
    post_logout_redirect_uris: postLogout,
    grant_types: grantTypes,
    response_types: grantTypes.includes('authorization_code') ? ['code'] : [],
    own_groups: [...(client.clientCredentialsClaims?.groups ?? [])],
    introspects: client.introspect === true && !isPublic,
    loopback_redirects: anyLoopback,
    first_party: firstParty,
    trusted_peers: [...(client.trustedPeers ?? [])],
    session_bound: client.refreshTokenLifetime === 'session',
  };
}

/** @throws ClientConfigError for a client that could not use what it has */
function grantTypesFor(
  { id, grantTypes: wanted, clientCredentialsClaims }: ClientConfig,
  client: Omit<GrantClient, 'wanted'>,
  served: readonly string[],
): string[] {
  const signsPeopleIn =
    wanted?.includes('authorization_code') ??
    (served.includes('authorization_code') && clientCredentialsClaims === undefined);
  if (signsPeopleIn && !client.redirects) throw new ClientConfigError(`client ${id} has no redirectURIs`);
  if (wanted?.includes(clientCredentialsGrant) === true && !client.secret)
    throw new ClientConfigError(`client ${id} has no secret: client_credentials is not for it`);
  return grantTypesOf({ ...client, wanted }, served);
}

/** Of a client that others vouch for, one that nobody knows: the provider asks for one. */
function secretOf({ secret = '', federatedCredentials = [] }: ClientConfig): string {
  return secret === '' && federatedCredentials.length > 0 ? randomBytes(32).toString('base64url') : secret;
}

function warnOfPlainHttp(clients: readonly ClientMetadata[], log: Log): void {
  for (const { client_id, redirect_uris } of clients) {
    for (const uri of redirect_uris) {
      const { protocol, hostname } = new URL(uri);
      if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
        log.warn(
          { client_id, redirect_uri: uri },
          'authorization codes for this redirect URI travel in clear text',
        );
      }
    }
  }
}
