import { exitCode, PluginError } from './exit.ts';
import type { SendRequest } from './http-request.ts';
import { assertSafeUrl } from './target.ts';
import { oneLine } from './terminal-text.ts';

/** What we use of an issuer's metadata (OpenID Connect Discovery 1.0 §3, RFC 8414, RFC 9207). */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: URL;
  readonly tokenEndpoint: URL;
  /** RFC 8628 §4. */
  readonly deviceAuthorizationEndpoint?: URL;
  readonly jwksUri: URL;
  readonly revocationEndpoint?: URL;
  readonly endSessionEndpoint?: URL;
  /** The issuer promises an `iss` parameter in authorization responses: one without it is not the issuer's. */
  readonly sendsIss: boolean;
}

export type Jwk = Readonly<Record<string, unknown>>;

/** Reads the discovery document and holds it to the issuer that it was asked from (mix-up defence). */
export async function discover(
  issuer: string,
  send: SendRequest,
  signal?: AbortSignal,
): Promise<IssuerMetadata> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document = record(await fetchJson(url, send, signal));
  if (document['issuer'] !== issuer) {
    const named = typeof document['issuer'] === 'string' ? oneLine(document['issuer']) : 'none';
    throw new PluginError(exitCode.failure, `${url.href} names the issuer "${named}", expected "${issuer}"`);
  }
  const endpoint = (name: string): URL | undefined => {
    const value = document[name];
    return typeof value === 'string' ? assertSafeUrl(value, `${issuer}'s ${name}`) : undefined;
  };
  const required = (name: string): URL => {
    const found = endpoint(name);
    if (found !== undefined) return found;
    throw new PluginError(exitCode.failure, `the discovery document of ${issuer} has no ${name}`);
  };
  const deviceAuthorizationEndpoint = endpoint('device_authorization_endpoint');
  const revocationEndpoint = endpoint('revocation_endpoint');
  const endSessionEndpoint = endpoint('end_session_endpoint');
  return {
    issuer,
    authorizationEndpoint: required('authorization_endpoint'),
    tokenEndpoint: required('token_endpoint'),
    jwksUri: required('jwks_uri'),
    ...(deviceAuthorizationEndpoint === undefined ? {} : { deviceAuthorizationEndpoint }),
    ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
    ...(endSessionEndpoint === undefined ? {} : { endSessionEndpoint }),
    sendsIss: document['authorization_response_iss_parameter_supported'] === true,
  };
}

/** The issuer's public keys. */
export async function fetchKeys(metadata: IssuerMetadata, send: SendRequest): Promise<readonly Jwk[]> {
  const { keys } = record(await fetchJson(metadata.jwksUri, send));
  if (!Array.isArray(keys))
    throw new PluginError(exitCode.failure, `${metadata.jwksUri.href} is not a JSON Web Key Set`);
  return keys.filter((key): key is Jwk => typeof key === 'object' && key !== null);
}

async function fetchJson(url: URL, send: SendRequest, signal?: AbortSignal): Promise<unknown> {
  const { status, body } = await send(url, signal === undefined ? {} : { signal });
  if (status === 200 && body !== undefined) return body;
  throw new PluginError(
    exitCode.unreachable,
    `${url.href} answered ${status}${status === 200 ? ' without JSON' : ''}: is the issuer URL right, and the issuer up?`,
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
