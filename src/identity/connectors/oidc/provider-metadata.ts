import { isIP } from 'node:net';
import type { ServerMetadata } from 'openid-client';
import { isLoopbackHost } from '../../../jwt/index.ts';
import { ConnectorError } from '../connector-error.ts';
import type { OIDCConnectorOptions } from './oidc-options.ts';

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1');

/** Whether a provider may be asked over http: one on this machine only. */
export function isOnThisMachine(issuer: string): boolean {
  const url = new URL(issuer);
  return url.protocol === 'http:' && isLoopbackHost(hostOf(url));
}

/**
 * Whether the provider's word is enough to send something there: over https, to a host with a name. An address is only what the
 * issuer itself stands for: else a document could have us ask what is near us and not near it.
 */
function isAcceptable(endpoint: string, issuer: string): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  const [host, known] = [hostOf(url), hostOf(new URL(issuer))];
  if (url.protocol === 'http:') return isOnThisMachine(issuer) && isLoopbackHost(host);
  return (
    url.protocol === 'https:' && (host === known || (isIP(host) === 0 && !/(?:^|\.)localhost$/.test(host)))
  );
}

/** Endpoints that a sign-in needs, by Dex's word for what stands in their place. */
const ENDPOINTS = {
  authorization_endpoint: 'authURL',
  token_endpoint: 'tokenURL',
  jwks_uri: 'jwksURL',
} as const;

/**
 * What counts of a discovery document (OpenID Connect Discovery 1.0 §3), with what the operator has put in its place.
 * @throws ConnectorError `unreachable`
 */
export function checkedMetadata(
  document: ServerMetadata,
  {
    issuer,
    providerDiscoveryOverrides: overrides = {},
  }: Pick<OIDCConnectorOptions, 'issuer' | 'providerDiscoveryOverrides'>,
): ServerMetadata {
  const metadata: { -readonly [K in keyof ServerMetadata]: ServerMetadata[K] } = { ...document };
  for (const [name, key] of Object.entries(ENDPOINTS)) {
    const own = overrides[key];
    const found: unknown = own ?? document[name as keyof typeof ENDPOINTS];
    if (typeof found !== 'string' || (own === undefined && !isAcceptable(found, issuer)))
      throw new ConnectorError('unreachable', `the discovery document has no ${name} that could be used`);
    metadata[name as keyof typeof ENDPOINTS] = found;
  }
  const { userinfo_endpoint: userinfo } = document;
  if (userinfo !== undefined && (typeof userinfo !== 'string' || !isAcceptable(userinfo, issuer)))
    delete metadata.userinfo_endpoint;
  // Nobody here has a certificate for them.
  delete metadata.mtls_endpoint_aliases;
  return metadata;
}
