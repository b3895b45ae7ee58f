/** Reading DER (ITU-T X.690) that somebody else wrote: everything throws an Error that says that it is none. */

/** One value with its tag. */
export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
  /** Tag and length included. */
  readonly whole: Buffer;
}

const malformed = () => new Error('asn1: structure error');

/** The one value that the bytes are. */
export function tlvOf(bytes: Buffer): Tlv {
  const tlv = firstOf(bytes);
  if (tlv.whole.length !== bytes.length) throw malformed();
  return tlv;
}

export const SEQUENCE = 0x30;
export const SET = 0x31;

/** The values that a constructed one with this tag is made of. */
export function tlvsIn({ tag, value }: Tlv, expected: number): readonly Tlv[] {
  if (tag !== expected) throw malformed();
  const found: Tlv[] = [];
  for (let rest = value; rest.length > 0; ) {
    const tlv = firstOf(rest);
    found.push(tlv);
    rest = rest.subarray(tlv.whole.length);
  }
  return found;
}

/** The values of a SEQUENCE, of which there must be so many. */
export function sequencesOf(tlv: Tlv, count: 2): readonly [Tlv, Tlv];
export function sequencesOf(tlv: Tlv, count: 3): readonly [Tlv, Tlv, Tlv];
export function sequencesOf(tlv: Tlv, count: number): readonly Tlv[] {
  const found = tlvsIn(tlv, SEQUENCE);
  if (found.length !== count) throw malformed();
  return found;
}

/** A small INTEGER. */
export function integerOf({ tag, value }: Tlv): number {
  if (tag !== 0x02 || value.length !== 1) throw malformed();
  return value[0] ?? 0;
}

/** A BIT STRING of whole bytes. */
export function bitsOf({ tag, value }: Tlv): Buffer {
  if (tag !== 0x03 || value[0] !== 0) throw malformed();
  return value.subarray(1);
}

/** An OBJECT IDENTIFIER as it is written: `2.5.4.3`. */
export function dottedOf({ tag, value }: Tlv): string {
  if (tag !== 0x06 || value.length === 0 || value.length > 32) throw malformed();
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value) {
    arc = arc * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - top * 40, ...rest].join('.');
}

function firstOf(bytes: Buffer): Tlv {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed();
  const count = first < 0x80 ? 0 : first & 0x7f;
  // Indefinite lengths are BER's; what is longer than 24 bits is no certificate.
  if (first === 0x80 || count > 3 || bytes.length < 2 + count) throw malformed();
  const length = count === 0 ? first : bytes.readUIntBE(2, count);
  const end = 2 + count + length;
  if (end > bytes.length) throw malformed();
  return { tag, value: bytes.subarray(2 + count, end), whole: bytes.subarray(0, end) };
}
