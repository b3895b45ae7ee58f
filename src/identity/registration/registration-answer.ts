import type { RegisteredClient } from './registered-client.ts';
import { registrationUrl } from './registration-path.ts';

/** What is told once, or was presented: nothing of it is kept as it is. */
export interface Issued {
  /** The registration access token. */
  readonly token: string;
  readonly secret?: string | undefined;
}

/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3): what was made of what the client said of itself. */
export function informationOf(
  issuer: string,
  client: RegisteredClient,
  { token, secret }: Issued,
): Record<string, unknown> {
  const { id, issuedAt, name, authMethod, redirectURIs, postLogoutRedirectURIs, grantTypes, jwks } = client;
  return {
    client_id: id,
    client_id_issued_at: issuedAt,
    // 0: as long as the client is registered.
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    registration_access_token: token,
    registration_client_uri: `${registrationUrl(issuer)}/${id}`,
    ...(name === undefined ? {} : { client_name: name }),
    token_endpoint_auth_method: authMethod,
    redirect_uris: redirectURIs,
    post_logout_redirect_uris: postLogoutRedirectURIs,
    grant_types: grantTypes,
    response_types: ['code'],
    ...(jwks === undefined ? {} : { jwks }),
  };
}
