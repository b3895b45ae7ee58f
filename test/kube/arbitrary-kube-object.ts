import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/kube/index.ts';
import { messageOfKind } from '../../src/kube/protobuf/message-of-kind.ts';
import { type FieldPlan, messagePlan } from '../../src/kube/protobuf/message-table.ts';
import { anyText } from '../support/any-text.ts';

/**
 * Any object of a kind, in the form that Go writes: members in the tables' order, no zero scalars but pointers',
 * no empty lists and maps.
 */
export function arbitraryKubeObject(apiVersion: string, kind: string): fc.Arbitrary<JsonObject> {
  const message = messageOfKind(apiVersion, kind);
  if (message === undefined) throw new Error(`no message for ${apiVersion} ${kind}`);
  return fc.gen().map((gen) => ({ kind, apiVersion, ...members(gen, message, 5) }));
}

type Gen = fc.GeneratorValue;

const KEY = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'a.b/c', ''), fc.string({ maxLength: 5 }));
const TEXT = anyText({ maxLength: 6 });
const INT32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const INT64 = fc.maxSafeInteger();
const RAW_JSON = fc.oneof(
  fc.json({ maxDepth: 2 }).map((json) => JSON.parse(json) as JsonValue),
  fc.constant(JSON.parse('{"__proto__":{"x":1}}') as JsonValue),
);
const SECONDS = fc.integer({ min: -62_135_596_799, max: 253_402_300_799 }).filter((seconds) => seconds !== 0);
const TIME = SECONDS.map((seconds) => new Date(seconds * 1000).toISOString().replace('.000', ''));
const MICROS = fc.integer({ min: 0, max: 999_999 }).map((micros) => String(micros).padStart(6, '0'));
const BASE64 = fc
  .uint8Array({ minLength: 1, maxLength: 9 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

function members(gen: Gen, message: string, depth: number): JsonObject {
  const object: JsonObject = {};
  for (const field of messagePlan(message)?.values() ?? []) {
    if (field.inlined) Object.assign(object, members(gen, field.message, depth));
    else if (gen(fc.nat, { max: 3 }) === 0 && (field.type !== 'message' || depth > 0)) {
      object[field.name] = fieldValue(gen, field, depth);
    }
  }
  return object;
}

function fieldValue(gen: Gen, field: FieldPlan, depth: number): JsonValue {
  const count = () => gen(fc.integer, { min: 1, max: 3 });
  switch (field.shape) {
    case 'repeated':
      return Array.from({ length: count() }, () => value(gen, field, depth, true));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: count() }, () => [gen(() => KEY), value(gen, field, depth, true)]),
      );
    case 'single':
      return value(gen, field, depth, field.keepsZero);
  }
}

function value(gen: Gen, field: FieldPlan, depth: number, zeroStays: boolean): JsonValue {
  switch (field.type) {
    case 'string':
      return gen(() => TEXT) || (zeroStays ? '' : 'x');
    case 'bytes':
      return gen(() => BASE64);
    case 'int32':
      return gen(() => INT32) || (zeroStays ? 0 : 1);
    case 'int64':
      return gen(() => INT64) || (zeroStays ? 0 : 1);
    case 'bool':
      return zeroStays ? gen(fc.boolean) : true;
    case 'double':
      return gen(fc.double, { noNaN: true, noDefaultInfinity: true }) || 0;
    case 'message':
      return messageValue(gen, field.message, depth - 1);
  }
}

const SCHEMA = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

function messageValue(gen: Gen, message: string, depth: number): JsonValue {
  switch (message.split('.').at(-1)) {
    case 'Time':
      return gen(() => TIME);
    case 'MicroTime':
      return gen(() => fc.tuple(TIME, MICROS).map(([time, micros]) => time.replace('Z', `.${micros}Z`)));
    case 'Quantity':
      return gen(fc.constantFrom<string[]>, '1', '100m', '1Gi', '0');
    case 'IntOrString':
      return gen(() => fc.oneof(INT32, TEXT));
    case 'FieldsV1':
    case 'RawExtension':
    case 'JSON':
      return gen(() => RAW_JSON);
    case 'ExtraValue':
    case 'Verbs':
      return gen(() => fc.array(TEXT, { maxLength: 3 }));
    case 'JSONSchemaPropsOrArray':
      return gen(fc.boolean) ? members(gen, SCHEMA, depth - 1) : [members(gen, SCHEMA, depth - 1)];
    case 'JSONSchemaPropsOrBool':
      return gen(fc.boolean) ? members(gen, SCHEMA, depth - 1) : gen(fc.boolean);
    case 'JSONSchemaPropsOrStringArray':
      return gen(fc.boolean) ? members(gen, SCHEMA, depth - 1) : ['a', ''];
    default:
      return members(gen, message, depth);
  }
}
