import { clientCredentialsGrant } from '../client-credentials/client-credentials.ts';
import { deviceCodeGrant } from '../device/device-code-grant.ts';
import { passwordGrant } from '../password-grant/grant-type.ts';
import { tokenExchangeGrant } from '../token-exchange/token-types.ts';

/** The grant types that are served unless `oauth2.grantTypes` says otherwise. */
export const usualGrantTypes: readonly string[] = [
  'authorization_code',
  'refresh_token',
  deviceCodeGrant,
  tokenExchangeGrant,
];

/** What a client is, as far as its grant types go. */
export interface GrantClient {
  /** May use any loopback redirect URI. */
  readonly loopback: boolean;
  readonly secret: boolean;
  readonly redirects: boolean;
  /** Those that it is configured to have. */
  readonly wanted: readonly string[] | undefined;
}

/**
 * Those of one client. Unless it says so itself, devices are for public programs, client credentials for clients with a
 * secret; what may be exchanged for what is said by the target. Without a redirect URI nobody signs in, nor by a password.
 */
export function grantTypesOf(client: GrantClient, served: readonly string[]): string[] {
  const { wanted } = client;
  if (wanted !== undefined) return served.filter((grantType) => wanted.includes(grantType));
  const usable: Readonly<Record<string, boolean>> = {
    authorization_code: client.redirects,
    refresh_token: client.redirects,
    [passwordGrant]: client.redirects,
    [deviceCodeGrant]: client.loopback,
    [clientCredentialsGrant]: client.secret,
  };
  return served.filter((grantType) => usable[grantType] ?? true);
}
