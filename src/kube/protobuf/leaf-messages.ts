import { ProtobufError } from './protobuf-error.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [member: string]: JsonValue;
}

/** A leaf's fields as decoded; `bytes` fields are not yet base64. */
export type LeafFields = Readonly<Record<string, JsonValue | Uint8Array | undefined>>;

/** Turns a leaf's fields into its JSON; undefined means that a single field is left out. */
export type LeafConversion = (fields: LeafFields) => JsonValue | undefined;

const META = 'k8s.io.apimachinery.pkg.apis.meta.v1';
const EXTENSIONS = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1';

/** Messages that Go marshals to JSON by hand, by full name. RawExtension is apart: it can hold an envelope. */
export const LEAF_CONVERSIONS: ReadonlyMap<string, LeafConversion> = new Map<string, LeafConversion>([
  [`${META}.Time`, (fields) => timeText(fields, '')],
  [`${META}.MicroTime`, (fields) => timeText(fields, microseconds(fields))],
  [`${META}.FieldsV1`, (fields) => parsedJson(fields['Raw'])],
  [`${META}.Verbs`, (fields) => plain(fields['items']) ?? []],
  ['k8s.io.apimachinery.pkg.api.resource.Quantity', (fields) => plain(fields['string']) ?? '0'],
  ['k8s.io.apimachinery.pkg.util.intstr.IntOrString', intOrString],
  ['k8s.io.api.authentication.v1.ExtraValue', (fields) => plain(fields['items']) ?? []],
  ['k8s.io.api.authorization.v1.ExtraValue', (fields) => plain(fields['items']) ?? []],
  ['k8s.io.api.certificates.v1.ExtraValue', (fields) => plain(fields['items']) ?? []],
  [`${EXTENSIONS}.JSON`, (fields) => parsedJson(fields['raw'])],
  [
    `${EXTENSIONS}.JSONSchemaPropsOrArray`,
    (fields) => plain(fields['jSONSchemas']) ?? plain(fields['schema']),
  ],
  [`${EXTENSIONS}.JSONSchemaPropsOrBool`, (fields) => plain(fields['schema']) ?? fields['allows'] === true],
  [
    `${EXTENSIONS}.JSONSchemaPropsOrStringArray`,
    (fields) => plain(fields['property']) ?? plain(fields['schema']),
  ],
]);

export const RAW_EXTENSION = 'k8s.io.apimachinery.pkg.runtime.RawExtension';

/** JSON text in a bytes field; undefined when it is empty. */
export function parsedJson(raw: JsonValue | Uint8Array | undefined): JsonValue | undefined {
  if (!(raw instanceof Uint8Array) || raw.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw)) as JsonValue;
  } catch {
    throw new ProtobufError('a raw field of the protobuf body is not JSON');
  }
}

function plain(value: JsonValue | Uint8Array | undefined): JsonValue | undefined {
  return value instanceof Uint8Array ? undefined : value;
}

function intOrString(fields: LeafFields): JsonValue {
  return fields['type'] === 1 ? (plain(fields['strVal']) ?? '') : (plain(fields['intVal']) ?? 0);
}

const SECONDS_OF_YEAR_1 = -62_135_596_800;
const SECONDS_AFTER_YEAR_9999 = 253_402_300_800;

/**
 * RFC 3339 in UTC with Go's second precision. Zero, which clients write for "no time" (0 or year 1), is absent:
 * a creationTimestamp of 1970 makes controllers see a new object each time.
 */
function timeText(fields: LeafFields, fraction: string): string | undefined {
  const seconds = numberOf(fields['seconds']);
  if (seconds === SECONDS_OF_YEAR_1 || (seconds === 0 && numberOf(fields['nanos']) === 0)) return undefined;
  if (seconds < SECONDS_OF_YEAR_1 || seconds >= SECONDS_AFTER_YEAR_9999) {
    throw new ProtobufError('a time of the protobuf body is not between the years 1 and 9999');
  }
  return new Date(seconds * 1000).toISOString().replace('.000Z', `${fraction}Z`);
}

function microseconds(fields: LeafFields): string {
  const nanos = numberOf(fields['nanos']);
  if (nanos < 0 || nanos > 999_999_999)
    throw new ProtobufError('a time of the protobuf body is out of range');
  return `.${Math.floor(nanos / 1000)
    .toString()
    .padStart(6, '0')}`;
}

function numberOf(value: JsonValue | Uint8Array | undefined): number {
  return typeof value === 'number' ? value : 0;
}
