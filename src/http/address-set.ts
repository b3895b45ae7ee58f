import { BlockList, isIP } from 'node:net';

/**
 * Tells whether an address is in one of these ranges. An IPv4 address written as IPv6 is the IPv4 address.
 * @param ranges CIDR ranges or single addresses
 * @throws TypeError for a range that is none
 */
export function createAddressSet(ranges: readonly string[]): (address: string) => boolean {
  const set = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIP(network);
    if (family === 0) throw new TypeError(`not an address or CIDR range: ${range}`);
    set.addSubnet(
      network,
      bits === undefined ? (family === 4 ? 32 : 128) : Number(bits),
      `ipv${family === 4 ? 4 : 6}`,
    );
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && set.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  };
}

/** `::ffff:192.0.2.1` and `192.0.2.1` are one host: count them as one. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
