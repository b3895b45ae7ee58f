/**
 * What counts as one host when requests are counted: an IPv4 address, or the /64 of an IPv6 address, all of which is
 * one machine's to choose from (RFC 7421). An IPv4 address written as IPv6 is the IPv4 address.
 * @param address as createClientAddress tells it; text that is no address stands for itself
 */
export function addressNetwork(address: string): string {
  const host = URL.parse(`http://[${address.replace(/%.*$/s, '')}]`)?.hostname;
  if (host === undefined) return address;
  // A URL writes every IPv6 address in one way: lower case, hexadecimal, the longest run of zeros as `::`.
  const [head = '', tail] = host.slice(1, -1).split('::');
  const groups = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const all = [...groups, ...Array<string>(8 - groups.length - after.length).fill('0'), ...after];
  const [high = 0, low = 0] = all.slice(6).map((group) => Number.parseInt(group, 16));
  if (all.slice(0, 6).join(':') === '0:0:0:0:0:ffff')
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${all.slice(0, 4).join(':')}::/64`;
}
