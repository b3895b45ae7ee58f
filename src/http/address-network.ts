/**
 * What counts as one host when requests are counted: an IPv4 address, or the /64 of an IPv6 address, all of which is
 * one machine's to choose from (RFC 7421). An IPv4 address written as IPv6 is the IPv4 address.
 * @param address as createClientAddress tells it; text that is no address stands for itself
 */
export function addressNetwork(address: string): string {
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  return isIPv4(groups) ? dotted(groups) : `${groups.slice(0, 4).join(':')}::/64`;
}

/**
 * What an IPv6 address shares with its neighbours: the /48 that is given to a household or a company, with 65 536 hosts to
 * choose from (RFC 6177). undefined for an IPv4 address, which has no such neighbours.
 */
export function addressSite(address: string): string | undefined {
  const groups = groupsOf(address);
  return groups === undefined || isIPv4(groups) ? undefined : `${groups.slice(0, 3).join(':')}::/48`;
}

/** The eight groups of an IPv6 address, in lower case and without zeros before them. */
function groupsOf(address: string): readonly string[] | undefined {
  const host = URL.parse(`http://[${address.replace(/%.*$/s, '')}]`)?.hostname;
  if (host === undefined) return undefined;
  // A URL writes every IPv6 address in one way: lower case, hexadecimal, the longest run of zeros as `::`.
  const [head = '', tail] = host.slice(1, -1).split('::');
  const groups = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  return [...groups, ...Array<string>(8 - groups.length - after.length).fill('0'), ...after];
}

function isIPv4(groups: readonly string[]): boolean {
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
}

function dotted(groups: readonly string[]): string {
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
