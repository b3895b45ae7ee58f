/** DER (ITU-T X.690), as much of it as a certificate is made of: one function a type, each gives the whole TLV. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Of a context-specific tag: whether what is in it is primitive or made of TLVs. */
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tlv(TAG.sequence, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return tlv(TAG.set, ...parts);
}

/** @param bytes big-endian, not negative */
export function integer(bytes: Uint8Array): Buffer {
  const [first = 0] = bytes;
  return tlv(TAG.integer, Buffer.from(first < 0x80 ? [] : [0]), bytes);
}

/** @param unused how many bits at the end of the last byte do not count */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tlv(TAG.bitString, Buffer.from([unused]), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
  return tlv(TAG.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return tlv(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** Only the value that is not the default is ever written. */
export function yes(): Buffer {
  return tlv(TAG.boolean, Buffer.from([0xff]));
}

/** @param dotted for example `2.5.4.3` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return tlv(TAG.objectIdentifier, Buffer.from([first * 40 + second, ...arcs.flatMap(base128)]));
}

/** To the second; with two digits of the year until 2049, as RFC 5280 §4.1.2.5 wants it. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? tlv(TAG.utcTime, Buffer.from(digits.slice(2)))
    : tlv(TAG.generalizedTime, Buffer.from(digits));
}

/** `[number]` around whole TLVs. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return tlv(CONTEXT | CONSTRUCTED | number, ...parts);
}

/** `[number]` in the place of a primitive type's own tag. */
export function implicit(number: number, bytes: Uint8Array): Buffer {
  return tlv(CONTEXT | number, bytes);
}

/** The TLVs of which a constructed one is made, each whole. */
export function partsOf(constructed: Uint8Array): Buffer[] {
  const parts: Buffer[] = [];
  const content = Buffer.from(constructed).subarray(headerOf(constructed).length);
  for (let at = 0; at < content.length; ) {
    const { length, value } = headerOf(content.subarray(at));
    parts.push(content.subarray(at, at + length + value));
    at += length + value;
  }
  return parts;
}

/** How many bytes tag and length take, and how many the value. */
function headerOf(bytes: Uint8Array): { length: number; value: number } {
  const [, first = 0] = bytes;
  if (first < 0x80) return { length: 2, value: first };
  const count = first & 0x7f;
  return { length: 2 + count, value: Buffer.from(bytes).readUIntBE(2, count) };
}

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(value.length)]), value]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return [0x80 | bytes.length, ...bytes];
}

function base128(arc: number): number[] {
  const low = arc & 0x7f;
  return arc < 0x80 ? [low] : [...base128(arc >> 7).map((byte) => byte | 0x80), low];
}
