/** An address of either family, as a number. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export const widthOf = ({ family }: Pick<IpAddress, 'family'>): number => (family === 4 ? 32 : 128);

/** Reads an address as Go's netip does; undefined for zones, for IPv4 within IPv6, and for what is none. */
export function parseAddress(text: string): IpAddress | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { family: 4, bits: four };
  const bits = text.length > 45 ? undefined : parseSix(text);
  return bits === undefined || bits >> 32n === 0xffffn ? undefined : { family: 6, bits };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  const isFour =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isFour ? parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) : undefined;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(groupsOf)));
  const groups = [...(head ?? []), ...(tail ?? [])];
  if (groups.includes(undefined)) return undefined;
  const missing = 8 - groups.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = tail === undefined ? groups : [...(head ?? []), ...new Array<number>(missing).fill(0), ...tail];
  return all.reduce<bigint>((bits, group) => (bits << 16n) | BigInt(group ?? 0), 0n);
}

/** One group, or the two that a dotted quad stands for. */
function groupsOf(part: string): readonly (number | undefined)[] {
  if (/^[\da-f]{1,4}$/i.test(part)) return [Number.parseInt(part, 16)];
  const four = parseFour(part);
  return four === undefined ? [undefined] : [Number(four >> 16n), Number(four & 0xffffn)];
}

/** Its canonical text (RFC 5952). */
export function printAddress({ family, bits }: IpAddress): string {
  const size = family === 4 ? 8 : 16;
  const count = family === 4 ? 4 : 8;
  const groups = Array.from({ length: count }, (_, index) =>
    Number((bits >> BigInt(size * (count - 1 - index))) & (2n ** BigInt(size) - 1n)),
  );
  if (family === 4) return groups.join('.');
  const text = groups.map((group) => group.toString(16)).join(':');
  const zeros = [...text.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].toSorted(
    (a, b) => b[0].length - a[0].length,
  )[0];
  if (zeros === undefined) return text;
  const [before, after] = [text.slice(0, zeros.index), text.slice(zeros.index + zeros[0].length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}
