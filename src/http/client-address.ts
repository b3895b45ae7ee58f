import { isIP } from 'node:net';
import { createAddressSet, plainAddress } from './address-set.ts';

export interface ClientAddressRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Tells which host a request comes from. X-Forwarded-For counts only as far as the hosts that wrote it are trusted:
 * it is read from the right, and the first address that is not a trusted proxy is the client.
 * @param trustedProxies CIDR ranges or single addresses; none by default, so the header means nothing
 * @throws TypeError for a range that is none
 */
export function createClientAddress(
  trustedProxies: readonly string[] = [],
): (req: ClientAddressRequest) => string {
  const isTrusted = createAddressSet(trustedProxies);
  return (req) => {
    let address = plainAddress(req.socket.remoteAddress ?? '');
    const header = req.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    while (isTrusted(address)) {
      const hop = plainAddress(hops.pop()?.trim() ?? '');
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}
