import { clientCredentialsGrant } from '../client-credentials/client-credentials.ts';
import { deviceCodeGrant } from '../device/device-code-grant.ts';
import { tokenExchangeGrant } from '../token-exchange/token-types.ts';

/** The grant types that are served unless `oauth2.grantTypes` says otherwise. */
export const usualGrantTypes: readonly string[] = [
  'authorization_code',
  'refresh_token',
  deviceCodeGrant,
  tokenExchangeGrant,
];

/**
 * Those of one client. Devices are for public programs, client credentials for clients with a secret; what may be
 * exchanged for what is said by the target. Without a redirect URI nobody signs in.
 */
export function grantTypesOf(
  client: { readonly loopback: boolean; readonly secret: boolean; readonly redirects: boolean },
  served: readonly string[],
): string[] {
  const usable: Readonly<Record<string, boolean>> = {
    authorization_code: client.redirects,
    refresh_token: client.redirects,
    [deviceCodeGrant]: client.loopback,
    [clientCredentialsGrant]: client.secret,
  };
  return served.filter((grantType) => usable[grantType] ?? true);
}
