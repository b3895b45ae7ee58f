import { createHash, randomBytes } from 'node:crypto';
import type { ClientMetadata } from '../clients/client-metadata.ts';

/** The page where devices are allowed, as a client of the provider: it sends people to sign in, like any application. */
export const devicePageClientId = 'sallyport-device-page';

/** Its codes are never redeemed: what it wants of a sign-in is the browser's session. So nobody knows its secret. */
export function devicePageClient(issuer: string): ClientMetadata {
  return {
    client_id: devicePageClientId,
    client_name: 'Sallyport',
    client_secret: randomBytes(32).toString('base64url'),
    token_endpoint_auth_method: 'client_secret_basic',
    application_type: 'web',
    redirect_uris: [`${issuer}/device`],
    post_logout_redirect_uris: [],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    loopback_redirects: false,
    first_party: true,
    session_bound: false,
  };
}

/** Where somebody signs in and comes back to the page. */
export function devicePageSignIn(issuer: string): string {
  const url = new URL(`${issuer}/auth`);
  url.search = new URLSearchParams({
    client_id: devicePageClientId,
    redirect_uri: `${issuer}/device`,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return url.pathname + url.search;
}
