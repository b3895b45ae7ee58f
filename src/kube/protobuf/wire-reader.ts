import { ProtobufError } from './protobuf-error.ts';

/**
 * The protobuf wire format: where we are in a stretch of bytes.
 * Source: protobuf.dev/programming-guides/encoding.
 */
export interface WireReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;
}

export type WireType = 0 | 1 | 2 | 5;
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export function openReader(bytes: Uint8Array): WireReader {
  return { bytes, position: 0, end: bytes.length };
}

/** Reads a field's number and wire type. Groups (3, 4) are not part of Kubernetes' protobuf. */
export function readTag(reader: WireReader): { field: number; wireType: WireType } {
  const tag = readVarint(reader);
  if (typeof tag === 'bigint' || tag < 8) throw new ProtobufError('illegal protobuf field number');
  const wireType = tag & 7;
  if (wireType !== VARINT && wireType !== FIXED64 && wireType !== LENGTH_DELIMITED && wireType !== FIXED32) {
    throw new ProtobufError(`unsupported protobuf wire type ${wireType}`);
  }
  return { field: tag >>> 3, wireType };
}

/** An unsigned varint: a number below 2^28, a bigint (modulo 2^64) when it takes more than four bytes. */
export function readVarint(reader: WireReader): number | bigint {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = nextByte(reader);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  let wide = BigInt(value);
  for (let shift = 28n; shift < 64n; shift += 7n) {
    const byte = nextByte(reader);
    wide |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, wide);
  }
  throw new ProtobufError('a protobuf varint is longer than ten bytes');
}

export function readInt32(reader: WireReader): number {
  const value = readVarint(reader);
  return typeof value === 'number' ? value : Number(BigInt.asIntN(32, value));
}

/** Beyond 2^53 it rounds, as JSON.parse does with the same number. */
export function readInt64(reader: WireReader): number {
  const value = readVarint(reader);
  return typeof value === 'number' ? value : Number(BigInt.asIntN(64, value));
}

export function readBoolean(reader: WireReader): boolean {
  const value = readVarint(reader);
  return value !== 0 && value !== 0n;
}

export function readDouble(reader: WireReader): number {
  const { bytes, position } = reader;
  advance(reader, 8);
  return new DataView(bytes.buffer, bytes.byteOffset + position, 8).getFloat64(0, true);
}

/** A length and that many bytes, as a view. */
export function readBytes(reader: WireReader): Uint8Array {
  const length = readVarint(reader);
  if (typeof length === 'bigint') throw truncated();
  const start = reader.position;
  advance(reader, length);
  return reader.bytes.subarray(start, reader.position);
}

/** Steps over a field that the tables do not know. */
export function skipField(reader: WireReader, wireType: WireType): void {
  switch (wireType) {
    case VARINT:
      readVarint(reader);
      return;
    case FIXED64:
      advance(reader, 8);
      return;
    case LENGTH_DELIMITED:
      readBytes(reader);
      return;
    case FIXED32:
      advance(reader, 4);
      return;
  }
}

function nextByte(reader: WireReader): number {
  const byte = reader.position < reader.end ? reader.bytes[reader.position] : undefined;
  if (byte === undefined) throw truncated();
  reader.position++;
  return byte;
}

function advance(reader: WireReader, length: number): void {
  if (length > reader.end - reader.position) throw truncated();
  reader.position += length;
}

function truncated(): ProtobufError {
  return new ProtobufError('the protobuf body ends in the middle of a field');
}
