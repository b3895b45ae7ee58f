import { type DecodeBudget, decodeMessage } from './decode-message.ts';
import { type JsonObject, type JsonValue, parsedJson } from './leaf-messages.ts';
import { messageOfKind } from './message-of-kind.ts';
import { ProtobufError } from './protobuf-error.ts';
import { LENGTH_DELIMITED, openReader, readBytes, readTag, skipField } from './wire-reader.ts';

/** "k8s" and a zero byte. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00] as const;
const MAX_VALUES = 500_000;

/** An object out of a body, as the same body in JSON would parse. */
export type KubeObjectJson = JsonObject & { readonly apiVersion: string; readonly kind: string };

/** What the envelope says that it holds; absent members stand in for what it does not say. */
export interface DefaultKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Decodes a request body of type application/vnd.kubernetes.protobuf into the JSON object that Go would write.
 * Zero scalars that Go drops are absent, empty messages stay, special types (Time, Quantity, …) have their JSON
 * form. The cost is bounded: depth 128, half a million values; the caller bounds the body's size.
 * Source: Kubernetes apimachinery pkg/runtime/serializer/protobuf and the types' JSON tags.
 * @param defaults kind to assume when the envelope names none, from the request's URL.
 * @returns undefined when the kind has no known protobuf form: answer 415.
 * @throws ProtobufError when the body is malformed: answer 400.
 */
export function decodeKubeProtobuf(bytes: Uint8Array, defaults?: DefaultKind): KubeObjectJson | undefined {
  if (!hasMagic(bytes)) {
    throw new ProtobufError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  const budget: DecodeBudget = {
    values: MAX_VALUES,
    envelope: (nested, depth) => {
      if (!hasMagic(nested)) return undefined;
      const object = decodeEnvelope(nested, undefined, budget, depth);
      if (object === undefined)
        throw new ProtobufError('a raw field of the protobuf body is of an unknown kind');
      return object;
    },
  };
  return decodeEnvelope(bytes, defaults, budget, 0);
}

function hasMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

function decodeEnvelope(
  bytes: Uint8Array,
  defaults: DefaultKind | undefined,
  budget: DecodeBudget,
  depth: number,
): KubeObjectJson | undefined {
  const unknown = readUnknown(bytes.subarray(MAGIC.length));
  const typeMeta = readTypeMeta(unknown.typeMeta);
  const apiVersion = typeMeta.apiVersion || (defaults?.apiVersion ?? '');
  const kind = typeMeta.kind || (defaults?.kind ?? '');
  if (unknown.contentType === 'application/json')
    return jsonObject(parsedJson(unknown.raw), apiVersion, kind);
  const message = messageOfKind(apiVersion, kind);
  if (message === undefined) return undefined;
  return { kind, apiVersion, ...decodeMessage(unknown.raw, message, budget, depth) };
}

function jsonObject(value: JsonValue | undefined, apiVersion: string, kind: string): KubeObjectJson {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtobufError('the body in the protobuf envelope is not a JSON object');
  }
  return { kind, apiVersion, ...value };
}

interface Unknown {
  readonly typeMeta: Uint8Array;
  readonly raw: Uint8Array;
  readonly contentType: string;
}

/** Source: Kubernetes apimachinery pkg/runtime Unknown: 1 typeMeta, 2 raw, 3 contentEncoding, 4 contentType. */
function readUnknown(bytes: Uint8Array): Unknown {
  const fields = readByteFields(bytes);
  if ((fields.get(3)?.length ?? 0) > 0)
    throw new ProtobufError('the protobuf envelope has a content encoding');
  return {
    typeMeta: fields.get(1) ?? new Uint8Array(),
    raw: fields.get(2) ?? new Uint8Array(),
    contentType: textOf(fields.get(4)),
  };
}

/** Source: Kubernetes apimachinery pkg/runtime TypeMeta: 1 apiVersion, 2 kind (meta/v1 has them the other way). */
function readTypeMeta(bytes: Uint8Array): { apiVersion: string; kind: string } {
  const fields = readByteFields(bytes);
  return { apiVersion: textOf(fields.get(1)), kind: textOf(fields.get(2)) };
}

function readByteFields(bytes: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  const reader = openReader(bytes);
  while (reader.position < reader.end) {
    const tag = readTag(reader);
    if (tag.wireType === LENGTH_DELIMITED) fields.set(tag.field, readBytes(reader));
    else skipField(reader, tag.wireType);
  }
  return fields;
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes ?? new Uint8Array());
}
