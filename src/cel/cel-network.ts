import type { FunctionTable } from './cel-function.ts';
import { CelError, type CelObject, celObject } from './cel-value.ts';
import { type IpAddress, parseAddress, printAddress, widthOf } from './ip-address.ts';

const IP = 'net.IP';
const CIDR = 'net.CIDR';

/** Values are kept as their canonical texts, by which they are equal. */
function addressOf({ value }: CelObject): IpAddress {
  return addressIn(value as string);
}

function addressIn(text: string): IpAddress {
  const address = parseAddress(text);
  if (address === undefined)
    throw new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  return address;
}

interface Network {
  readonly address: IpAddress;
  readonly length: number;
}

function parseNetwork(text: string): Network | undefined {
  const [, host = '', length = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseAddress(host);
  return address !== undefined && Number(length) <= widthOf(address)
    ? { address, length: Number(length) }
    : undefined;
}

function networkIn(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new CelError('network address parse error during conversion from string');
  return network;
}

const networkOf = ({ value }: CelObject): Network => networkIn(value as string);

function prefix({ family, bits }: IpAddress, length: number): bigint {
  return bits >> BigInt(widthOf({ family }) - length);
}

function containsAddress(network: Network, address: IpAddress): boolean {
  return (
    network.address.family === address.family &&
    prefix(network.address, network.length) === prefix(address, network.length)
  );
}

function containsNetwork(outer: Network, inner: Network): boolean {
  return outer.length <= inner.length && containsAddress(outer, inner.address);
}

function masked({ address, length }: Network): CelObject {
  const { family } = address;
  const bits = prefix(address, length) << BigInt(widthOf(address) - length);
  return celObject(CIDR, `${printAddress({ family, bits })}/${length}`);
}

const inRange = (address: IpAddress, ...ranges: readonly string[]): boolean =>
  ranges.some((range) => containsAddress(networkIn(range), address));

const isUnspecified = (address: IpAddress): boolean => address.bits === 0n;
const isLoopback = (address: IpAddress): boolean => inRange(address, '127.0.0.0/8', '::1/128');
const isLinkLocal = (address: IpAddress): boolean => inRange(address, '169.254.0.0/16', 'fe80::/10');
const isMulticast = (address: IpAddress): boolean => inRange(address, '224.0.0.0/4', 'ff00::/8');

/** Kubernetes' IP and CIDR libraries. Source: apiserver/pkg/cel/library/{ip,cidr}.go. */
export const network: FunctionTable = {
  'isIP(string): bool': (text: string) => parseAddress(text) !== undefined,
  'ip(string): net.IP': (text: string) => celObject(IP, printAddress(addressIn(text))),
  'ip.isCanonical(string): bool': (text: string) => printAddress(addressIn(text)) === text,
  'string(net.IP): string': ({ value }: CelObject) => value,
  'net.IP.family(): int': (address: CelObject) => BigInt(addressOf(address).family),
  'net.IP.isUnspecified(): bool': (address: CelObject) => isUnspecified(addressOf(address)),
  'net.IP.isLoopback(): bool': (address: CelObject) => isLoopback(addressOf(address)),
  'net.IP.isLinkLocalUnicast(): bool': (address: CelObject) => isLinkLocal(addressOf(address)),
  'net.IP.isLinkLocalMulticast(): bool': (address: CelObject) =>
    inRange(addressOf(address), '224.0.0.0/24', 'ff02::/16'),
  'net.IP.isGlobalUnicast(): bool': (value: CelObject) => {
    const address = addressOf(value);
    const isSpecial = [isUnspecified, isLoopback, isLinkLocal, isMulticast].some((is) => is(address));
    return !isSpecial && !inRange(address, '255.255.255.255/32');
  },
  'isCIDR(string): bool': (text: string) => parseNetwork(text) !== undefined,
  'cidr(string): net.CIDR': (text: string) => {
    const { address, length } = networkIn(text);
    return celObject(CIDR, `${printAddress(address)}/${length}`);
  },
  'string(net.CIDR): string': ({ value }: CelObject) => value,
  'net.CIDR.containsIP(string): bool': (value: CelObject, text: string) =>
    containsAddress(networkOf(value), addressIn(text)),
  'net.CIDR.containsIP(net.IP): bool': (value: CelObject, address: CelObject) =>
    containsAddress(networkOf(value), addressOf(address)),
  'net.CIDR.containsCIDR(string): bool': (value: CelObject, text: string) =>
    containsNetwork(networkOf(value), networkIn(text)),
  'net.CIDR.containsCIDR(net.CIDR): bool': (value: CelObject, other: CelObject) =>
    containsNetwork(networkOf(value), networkOf(other)),
  'net.CIDR.ip(): net.IP': (value: CelObject) => celObject(IP, printAddress(networkOf(value).address)),
  'net.CIDR.masked(): net.CIDR': (value: CelObject) => masked(networkOf(value)),
  'net.CIDR.prefixLength(): int': (value: CelObject) => BigInt(networkOf(value).length),
};
