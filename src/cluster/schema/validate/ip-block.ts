import { isIP } from 'node:net';

/** An address range: the first address as a number, and how many leading bits are fixed. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly address: bigint;
  readonly prefix: number;
}

/** Parses `10.0.0.0/8` or `2001:db8::/32`; undefined for anything else. Host bits are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const [, host = '', length = ''] = /^([0-9A-Fa-f:.]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const family = isIP(host);
  const bits = family === 4 ? 32 : 128;
  const prefix = Number(length);
  if ((family !== 4 && family !== 6) || length === '' || prefix > bits) return undefined;
  const hostBits = BigInt(bits - prefix);
  const address = family === 4 ? parseIPv4(host) : parseIPv6(host);
  return { family, address: (address >> hostBits) << hostBits, prefix };
}

/** True when `inner` lies in `outer` and is smaller. */
export function isStrictSubset(inner: Cidr, outer: Cidr): boolean {
  if (inner.family !== outer.family || inner.prefix <= outer.prefix) return false;
  const shift = BigInt((outer.family === 4 ? 32 : 128) - outer.prefix);
  return inner.address >> shift === outer.address >> shift;
}

function parseIPv4(host: string): bigint {
  return host.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIPv6(host: string): bigint {
  const last = host.slice(host.lastIndexOf(':') + 1);
  // A trailing dotted quad is two groups.
  const quad = last.includes('.') ? parseIPv4(last) : undefined;
  const text =
    quad === undefined
      ? host
      : `${host.slice(0, -last.length)}${(quad >> 16n).toString(16)}:${(quad & 0xffffn).toString(16)}`;
  const [head = '', tail] = text.split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<bigint>(missing).fill(0n), ...right].reduce(
    (sum, group) => (sum << 16n) + group,
    0n,
  );
}

function groups(text: string): bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}
