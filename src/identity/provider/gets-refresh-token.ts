import type { Client } from 'oidc-provider';

/**
 * Whether a client gets a refresh token beside its other tokens: for `offline_access`; this product's own clients always.
 * Who is in no browser gets none of a client whose refresh tokens end with one.
 */
export function getsRefreshToken(
  client: Client,
  scopes: ReadonlySet<string>,
  { inBrowser }: { readonly inBrowser: boolean },
): boolean {
  return (
    client.grantTypeAllowed('refresh_token') &&
    (inBrowser || client['session_bound'] !== true) &&
    (scopes.has('offline_access') || client['first_party'] === true)
  );
}
