import {
  type JsonObject,
  type JsonValue,
  LEAF_CONVERSIONS,
  type LeafFields,
  parsedJson,
  RAW_EXTENSION,
} from './leaf-messages.ts';
import { type FieldPlan, messagePlan } from './message-table.ts';
import { ProtobufError } from './protobuf-error.ts';
import { isZero, jsonScalar, readScalar, wireTypeOf, wrongWireType } from './read-scalar.ts';
import {
  LENGTH_DELIMITED,
  openReader,
  readBytes,
  readTag,
  skipField,
  type WireReader,
  type WireType,
} from './wire-reader.ts';

/** CRD schemas nest some thirty deep; beyond this it is an attack on the stack. */
const MAX_DEPTH = 128;

/** What one body may cost. Two bytes of an empty message make an object, so size alone does not bound memory. */
export interface DecodeBudget {
  /** How many values may still come. */
  values: number;
  /** Decodes an envelope inside a RawExtension; undefined when the bytes are none. */
  readonly envelope: (bytes: Uint8Array, depth: number) => JsonValue | undefined;
}

/** Where in the body we are. */
interface Level {
  readonly budget: DecodeBudget;
  readonly depth: number;
  /** Bytes stay bytes: the fields of a leaf. */
  readonly raw: boolean;
}

type Decoded = JsonValue | Uint8Array;
type Members = Record<string, Decoded>;

/** Decodes a message of a known type into the JSON object that Go would write for it. */
export function decodeMessage(
  bytes: Uint8Array,
  message: string,
  budget: DecodeBudget,
  depth: number,
): JsonObject {
  const members: JsonObject = {};
  readFields(bytes, message, members, { budget, depth, raw: false });
  return members;
}

function readFields(bytes: Uint8Array, message: string, members: Members, level: Level): void {
  if (level.depth > MAX_DEPTH) throw new ProtobufError('the protobuf body is nested too deeply');
  const plan = messagePlan(message);
  if (plan === undefined) throw new ProtobufError(`unknown protobuf message ${message}`);
  const reader = openReader(bytes);
  while (reader.position < reader.end) {
    const tag = readTag(reader);
    const field = plan.get(tag.field);
    if (field === undefined) {
      skipField(reader, tag.wireType);
      continue;
    }
    charge(level.budget);
    if (field.shape === 'map') readMapEntry(reader, tag.wireType, field, members, level);
    else if (field.shape === 'repeated') readRepeated(reader, tag.wireType, field, members, level);
    else readSingle(reader, tag.wireType, field, members, level);
  }
}

function readSingle(
  reader: WireReader,
  wireType: WireType,
  field: FieldPlan,
  members: Members,
  level: Level,
): void {
  if (field.type !== 'message') {
    const value = readScalar(reader, wireType, field.type, field.name);
    if (!field.keepsZero && isZero(value)) delete members[field.name];
    else members[field.name] = level.raw ? value : jsonScalar(value);
    return;
  }
  const bytes = readMessageBytes(reader, wireType, field);
  if (field.inlined) {
    readFields(bytes, field.message, members, below(level));
    return;
  }
  const value = messageValue(bytes, field, members[field.name], level);
  if (value === undefined) delete members[field.name];
  else members[field.name] = value;
}

/** Numbers may come packed or one by one. */
function readRepeated(
  reader: WireReader,
  wireType: WireType,
  field: FieldPlan,
  members: Members,
  level: Level,
): void {
  const known = members[field.name];
  const list: JsonValue[] = Array.isArray(known) ? known : [];
  members[field.name] = list;
  if (field.type === 'message') {
    list.push(messageValue(readMessageBytes(reader, wireType, field), field, undefined, level) ?? null);
    return;
  }
  const elementType = wireTypeOf(field.type);
  if (elementType === LENGTH_DELIMITED || wireType !== LENGTH_DELIMITED) {
    list.push(jsonScalar(readScalar(reader, wireType, field.type, field.name)));
    return;
  }
  const packed = openReader(readBytes(reader));
  while (packed.position < packed.end) {
    charge(level.budget);
    list.push(jsonScalar(readScalar(packed, elementType, field.type, field.name)));
  }
}

/** An entry is a message of key (1) and value (2); what is missing is zero, and zeros stay in maps. */
function readMapEntry(
  reader: WireReader,
  wireType: WireType,
  field: FieldPlan,
  members: Members,
  level: Level,
): void {
  const entry = openReader(readMessageBytes(reader, wireType, field));
  let key = '';
  let value: JsonValue | undefined;
  while (entry.position < entry.end) {
    const tag = readTag(entry);
    if (tag.field === 1) key = String(readScalar(entry, tag.wireType, 'string', field.name));
    else if (tag.field !== 2) skipField(entry, tag.wireType);
    else if (field.type !== 'message') {
      value = jsonScalar(readScalar(entry, tag.wireType, field.type, field.name));
    } else value = messageValue(readMessageBytes(entry, tag.wireType, field), field, undefined, level);
  }
  const known = members[field.name];
  const map: JsonObject = isObject(known) ? known : {};
  members[field.name] = map;
  setClientKey(map, key, value ?? zeroOf(field, level));
}

/** The tables' maps have strings, bytes and messages as values. */
function zeroOf(field: FieldPlan, level: Level): JsonValue {
  if (field.type !== 'message') return '';
  return messageValue(new Uint8Array(), field, undefined, level) ?? null;
}

/**
 * @param known what an earlier occurrence of the same field gave: protobuf merges them.
 * @returns undefined for a leaf that Go leaves out.
 */
function messageValue(
  bytes: Uint8Array,
  field: FieldPlan,
  known: Decoded | undefined,
  level: Level,
): JsonValue | undefined {
  const { message } = field;
  const convert = message === RAW_EXTENSION ? rawExtension(level) : LEAF_CONVERSIONS.get(message);
  if (convert !== undefined) {
    const fields: Members = {};
    readFields(bytes, message, fields, { ...below(level), raw: true });
    return convert(fields);
  }
  const object: JsonObject = isObject(known) ? known : {};
  readFields(bytes, message, object, below(level));
  return object;
}

/** Either JSON text or, inside a List, an object in its own envelope. */
function rawExtension(level: Level): (fields: LeafFields) => JsonValue | undefined {
  return ({ raw }) => {
    const nested = raw instanceof Uint8Array ? level.budget.envelope(raw, level.depth + 1) : undefined;
    return nested ?? parsedJson(raw);
  };
}

function readMessageBytes(reader: WireReader, wireType: WireType, field: FieldPlan): Uint8Array {
  if (wireType !== LENGTH_DELIMITED) throw wrongWireType(wireType, field.name);
  return readBytes(reader);
}

function below(level: Level): Level {
  return { budget: level.budget, depth: level.depth + 1, raw: false };
}

function charge(budget: DecodeBudget): void {
  if (--budget.values < 0) throw new ProtobufError('the protobuf body has too many values');
}

function isObject(value: Decoded | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** Map keys are the client's: `__proto__` must become a member and not a prototype. */
function setClientKey(map: JsonObject, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else map[key] = value;
}
