import type { JsonObject, JsonValue } from '../../src/kube/index.ts';
import { messageOfKind } from '../../src/kube/protobuf/message-of-kind.ts';
import { type FieldPlan, messagePlan } from '../../src/kube/protobuf/message-table.ts';

/** Encodes a JSON object as kubectl would: for round trips only, it writes no zero scalars. */
export function encodeKubeProtobuf(object: JsonObject): Uint8Array {
  const { apiVersion, kind, ...members } = object;
  const message = messageOfKind(String(apiVersion), String(kind));
  if (message === undefined) throw new Error(`no message for ${String(apiVersion)} ${String(kind)}`);
  return envelope(String(apiVersion), String(kind), encodeMembers(members, message));
}

/** The runtime.Unknown envelope around an encoded message. */
export function envelope(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
  const typeMeta = Buffer.concat([lengthDelimited(1, utf8(apiVersion)), lengthDelimited(2, utf8(kind))]);
  return Buffer.concat([utf8('k8s\0'), lengthDelimited(1, typeMeta), lengthDelimited(2, raw)]);
}

export function lengthDelimited(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

export function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

export function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function encodeMembers(members: JsonObject, message: string): Buffer {
  const chunks: Buffer[] = [];
  for (const [number, field] of messagePlan(message) ?? []) {
    if (field.inlined) chunks.push(lengthDelimited(number, encodeMembers(members, field.message)));
    else if (Object.hasOwn(members, field.name))
      chunks.push(encodeField(number, field, members[field.name]!));
  }
  return Buffer.concat(chunks);
}

function encodeField(number: number, field: FieldPlan, value: JsonValue): Buffer {
  if (field.shape === 'repeated') {
    return Buffer.concat((value as JsonValue[]).map((element) => encodeValue(number, field, element)));
  }
  if (field.shape === 'map') {
    const entries = Object.entries(value as JsonObject).map(([key, element]) =>
      lengthDelimited(number, Buffer.concat([lengthDelimited(1, utf8(key)), encodeValue(2, field, element)])),
    );
    return Buffer.concat(entries);
  }
  return encodeValue(number, field, value);
}

function encodeValue(number: number, field: FieldPlan, value: JsonValue): Buffer {
  switch (field.type) {
    case 'string':
      return lengthDelimited(number, utf8(String(value)));
    case 'bytes':
      return lengthDelimited(number, Buffer.from(String(value), 'base64'));
    case 'int32':
    case 'int64':
    case 'bool':
      return varintField(number, Number(value));
    case 'double': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(value));
      return Buffer.concat([varint((number << 3) | 1), bytes]);
    }
    case 'message':
      return lengthDelimited(number, encodeMessage(field.message, value));
  }
}

const APIEXTENSIONS = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

function encodeMessage(message: string, value: JsonValue): Buffer {
  switch (message.split('.').at(-1)) {
    case 'Time':
      return varintField(1, Date.parse(String(value)) / 1000);
    case 'MicroTime': {
      const [, whole = '', micros = ''] = /^(.*)\.(\d{6})Z$/.exec(String(value)) ?? [];
      return Buffer.concat([
        varintField(1, Date.parse(`${whole}Z`) / 1000),
        varintField(2, Number(micros) * 1000),
      ]);
    }
    case 'Quantity':
      return lengthDelimited(1, utf8(String(value)));
    case 'IntOrString':
      return typeof value === 'number'
        ? Buffer.concat([varintField(1, 0), varintField(2, value), lengthDelimited(3, utf8(''))])
        : Buffer.concat([varintField(1, 1), varintField(2, 0), lengthDelimited(3, utf8(String(value)))]);
    case 'FieldsV1':
    case 'RawExtension':
    case 'JSON':
      return lengthDelimited(1, utf8(JSON.stringify(value)));
    case 'ExtraValue':
    case 'Verbs':
      return Buffer.concat((value as string[]).map((element) => lengthDelimited(1, utf8(element))));
    case 'JSONSchemaPropsOrArray':
      return Array.isArray(value)
        ? Buffer.concat(
            value.map((schema) => lengthDelimited(2, encodeMembers(schema as JsonObject, APIEXTENSIONS))),
          )
        : lengthDelimited(1, encodeMembers(value as JsonObject, APIEXTENSIONS));
    case 'JSONSchemaPropsOrBool':
      return typeof value === 'boolean'
        ? varintField(1, Number(value))
        : lengthDelimited(2, encodeMembers(value as JsonObject, APIEXTENSIONS));
    case 'JSONSchemaPropsOrStringArray':
      return Array.isArray(value)
        ? Buffer.concat(value.map((name) => lengthDelimited(2, utf8(String(name)))))
        : lengthDelimited(1, encodeMembers(value as JsonObject, APIEXTENSIONS));
    default:
      return encodeMembers(value as JsonObject, message);
  }
}
