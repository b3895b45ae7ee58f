import type { ScalarType } from './message-table.ts';
import { ProtobufError } from './protobuf-error.ts';
import {
  FIXED64,
  LENGTH_DELIMITED,
  readBoolean,
  readBytes,
  readDouble,
  readInt32,
  readInt64,
  VARINT,
  type WireReader,
  type WireType,
} from './wire-reader.ts';

export type Scalar = string | number | boolean | Uint8Array;

const LOSSY_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads one value. @param name the field's, for the error. */
export function readScalar(reader: WireReader, wireType: WireType, type: ScalarType, name: string): Scalar {
  if (wireType !== wireTypeOf(type)) throw wrongWireType(wireType, name);
  switch (type) {
    case 'string':
      return LOSSY_UTF8.decode(readBytes(reader));
    case 'bytes':
      return readBytes(reader);
    case 'int32':
      return readInt32(reader);
    case 'int64':
      return readInt64(reader);
    case 'bool':
      return readBoolean(reader);
    case 'double':
      return finite(readDouble(reader), name);
  }
}

export function wireTypeOf(type: ScalarType): WireType {
  if (type === 'string' || type === 'bytes') return LENGTH_DELIMITED;
  return type === 'double' ? FIXED64 : VARINT;
}

export function wrongWireType(wireType: WireType, name: string): ProtobufError {
  return new ProtobufError(`wrong protobuf wire type ${wireType} for field ${name}`);
}

/** What Go's `omitempty` leaves out. */
export function isZero(value: Scalar): boolean {
  return value instanceof Uint8Array ? value.length === 0 : value === '' || value === 0 || value === false;
}

/** A scalar as JSON has it: bytes in base64. */
export function jsonScalar(value: Scalar): string | number | boolean {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
}

function finite(value: number, name: string): number {
  if (!Number.isFinite(value))
    throw new ProtobufError(`field ${name} of the protobuf body is not a finite number`);
  return value;
}
