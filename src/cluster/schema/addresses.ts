import { isIPv6 } from 'node:net';
import { type FieldError, fieldError } from '../../kube/index.ts';

/** An IP address as Kubernetes reads it where it has always been lenient. */
export interface Address {
  readonly family: 4 | 6;
  /** How it is to be written. */
  readonly canonical: string;
  /** An IPv4 address in an IPv6 address' clothes. */
  readonly isMapped: boolean;
}

/** Undefined for what is none. Leading zeros are decimal. Source: k8s.io/utils/net ParseIPSloppy. */
export function parseAddress(text: string): Address | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every((part) => part <= 255)
      ? { family: 4, canonical: parts.join('.'), isMapped: false }
      : undefined;
  }
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const { hostname } = new URL(`http://[${text}]/`);
  const canonical = hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical);
  if (mapped === null) return { family: 6, canonical, isMapped: false };
  const [high = 0, low = 0] = mapped.slice(1).map((group) => Number.parseInt(group, 16));
  return { family: 4, canonical: [high >> 8, high & 255, low >> 8, low & 255].join('.'), isMapped: true };
}

const addressRule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** Where any way of writing an address is taken. Source: apimachinery/pkg/util/validation IsValidIPForLegacyField. */
export function lenientAddressErrors(text: unknown, path: string): FieldError[] {
  return parseAddress(String(text)) === undefined ? [fieldError.invalid(path, text, addressRule)] : [];
}

/** Where only one is. Source: IsValidIP and its canonical form. */
export function strictAddressErrors(text: unknown, path: string): FieldError[] {
  const address = parseAddress(String(text));
  if (address === undefined) return [fieldError.invalid(path, text, addressRule)];
  const { family, isMapped, canonical } = address;
  if (isMapped) return [fieldError.invalid(path, text, 'must not be an IPv4-mapped IPv6 address')];
  if (canonical === text) return [];
  const detail = family === 4 ? 'must not have leading 0s' : `must be in canonical form ("${canonical}")`;
  return [fieldError.invalid(path, text, detail)];
}

/** Addresses that never are somebody else's. Source: pkg/apis/core/validation ValidateNonSpecialIP. */
export function specialAddressErrors(text: unknown, path: string, mayBeOwn = false): FieldError[] {
  const address = parseAddress(String(text));
  if (address === undefined) return [fieldError.invalid(path, text, 'must be a valid IP address')];
  return specialRanges
    .filter(({ isIn, isOwn }) => isIn(address.canonical) && !(mayBeOwn && isOwn === true))
    .map(({ detail }) => fieldError.invalid(path, text, detail(address.canonical)));
}

interface SpecialRange {
  readonly isOwn?: boolean;
  isIn(address: string): boolean;
  detail(address: string): string;
}

const specialRanges: readonly SpecialRange[] = [
  {
    isIn: (address) => address === '0.0.0.0' || address === '::',
    detail: (address) => `may not be unspecified (${address})`,
  },
  {
    isOwn: true,
    isIn: (address) => address.startsWith('127.') || address === '::1',
    detail: () => 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  },
  {
    isIn: (address) => address.startsWith('169.254.') || /^fe[89ab]/.test(address),
    detail: () => 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  },
  {
    isIn: (address) => address.startsWith('224.0.0.') || /^ff[\da-f]2:/.test(address),
    detail: () => 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  },
];

/** A range of addresses. */
export interface Range {
  readonly address: Address;
  readonly prefix: number;
  /** The whole of it as it is to be written: nothing behind the prefix. */
  readonly canonical: string;
  /** The same with the address that was given. */
  readonly given: string;
}

/** Undefined for what is none. Source: ParseCIDRSloppy. */
export function parseRange(text: string): Range | undefined {
  const [, host = '', length = ''] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseAddress(host);
  // The prefix of a mapped address counts from where the IPv4 address begins.
  const prefix = Number(length) - (address?.isMapped === true ? 96 : 0);
  if (address === undefined || length === '' || prefix < 0 || prefix > bitsOf(address)) return undefined;
  const start = startOf(address, prefix);
  return {
    address,
    prefix,
    canonical: `${start}/${prefix}`,
    given: `${address.canonical}/${prefix}`,
  };
}

function bitsOf({ family }: Address): number {
  return family === 4 ? 32 : 128;
}

/** The first address of the range. */
function startOf(address: Address, prefix: number): string {
  const groups =
    address.family === 4 ? address.canonical.split('.').map(Number) : groupsOf(address.canonical);
  const width = address.family === 4 ? 8 : 16;
  const masked = groups.map((group, index) => {
    const kept = Math.min(width, Math.max(0, prefix - index * width));
    return (group >> (width - kept)) << (width - kept);
  });
  if (address.family === 4) return masked.join('.');
  const text = masked.map((group) => group.toString(16)).join(':');
  return parseAddress(text)?.canonical ?? text;
}

function groupsOf(canonical: string): number[] {
  const [head = '', tail] = canonical.split('::');
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [numbers(head), numbers(tail ?? '')];
  return [
    ...left,
    ...Array<number>(tail === undefined ? 0 : 8 - left.length - right.length).fill(0),
    ...right,
  ];
}

export const rangeRule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** Where any way of writing a range is taken. Source: IsValidCIDRForLegacyField. */
export function lenientRangeErrors(text: unknown, path: string): FieldError[] {
  return parseRange(String(text)) === undefined ? [fieldError.invalid(path, text, rangeRule)] : [];
}

/** Where only one is. Source: IsValidCIDR and its canonical form. */
export function strictRangeErrors(text: unknown, path: string): FieldError[] {
  const range = parseRange(String(text));
  if (range === undefined) return [fieldError.invalid(path, text, rangeRule)];
  if (range.address.isMapped)
    return [fieldError.invalid(path, text, 'must not have an IPv4-mapped IPv6 address')];
  const [host = '', length = ''] = String(text).split('/');
  const hasZeros = /^0\d/.test(length) || (range.address.family === 4 && host !== range.address.canonical);
  if (hasZeros) return [fieldError.invalid(path, text, 'must not have leading 0s in IP or prefix length')];
  if (range.canonical !== range.given)
    return [fieldError.invalid(path, text, 'must not have bits set beyond the prefix length')];
  return range.canonical === text
    ? []
    : [fieldError.invalid(path, text, `must be in canonical form ("${range.canonical}")`)];
}
