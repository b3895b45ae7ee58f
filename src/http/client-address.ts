import { BlockList, isIP } from 'node:net';

export interface ClientAddressRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** `::ffff:192.0.2.1` and `192.0.2.1` are one host: count them as one. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
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
  const trusted = new BlockList();
  for (const range of trustedProxies) {
    const [network = '', bits] = range.split('/');
    const family = isIP(network);
    if (family === 0) throw new TypeError(`not an address or CIDR range: ${range}`);
    trusted.addSubnet(
      network,
      bits === undefined ? (family === 4 ? 32 : 128) : Number(bits),
      `ipv${family === 4 ? 4 : 6}`,
    );
  }
  const isTrusted = (address: string) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
  return (req) => {
    let address = plain(req.socket.remoteAddress ?? '');
    const header = req.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    while (isTrusted(address)) {
      const hop = plain(hops.pop()?.trim() ?? '');
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}
