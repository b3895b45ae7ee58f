import { deviceCodeGrant } from '../device/device-code-grant.ts';
import { tokenExchangeGrant } from '../token-exchange/token-types.ts';

/** The grant types that are served unless `oauth2.grantTypes` says otherwise. */
export const usualGrantTypes: readonly string[] = [
  'authorization_code',
  'refresh_token',
  deviceCodeGrant,
  tokenExchangeGrant,
];

/** Those of one client. Devices are for public programs; what may be exchanged for what is said by the target. */
export function grantTypesOf(
  { loopback }: { readonly loopback: boolean },
  served: readonly string[],
): string[] {
  return served.filter((grantType) => grantType !== deviceCodeGrant || loopback);
}
