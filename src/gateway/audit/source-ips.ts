import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

const SLOPPY_IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Where a request came from: the chain of X-Forwarded-For, then X-Real-Ip, then the connection's own address, which is the
 * only one that the client cannot choose. Source: Kubernetes apimachinery/pkg/util/net SourceIPs.
 */
export function sourceIPs(headers: IncomingHttpHeaders, remoteAddress: string | undefined): string[] {
  const addresses: string[] = [];
  const forwarded = headers['x-forwarded-for'];
  if (forwarded !== undefined) {
    for (const part of String(forwarded).split(',')) {
      const address = canonicalAddress(part.trim());
      if (address !== undefined) addresses.push(address);
    }
  }
  const real = headers['x-real-ip'];
  if (real !== undefined) {
    const address = canonicalAddress(String(real));
    if (address !== undefined && !addresses.includes(address)) addresses.push(address);
  }
  // A link-local peer has a zone (`fe80::1%eth0`), which is no part of the address.
  const remote = canonicalAddress(remoteAddress?.replace(/%.*$/s, '') ?? '');
  if (remote !== undefined && addresses.at(-1) !== remote) addresses.push(remote);
  return addresses;
}

/** An address as Go's net.IP prints it, or undefined for a text that is none. Leading zeros are read as decimal. */
function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (SLOPPY_IPV4.test(text)) {
    const plain = text.split('.').map(Number).join('.');
    return isIPv4(plain) ? plain : undefined;
  }
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const address = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = MAPPED_IPV4.exec(address);
  if (mapped === null) return address;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
