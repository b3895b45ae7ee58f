import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { isJsonObject } from './json-object.ts';
import { canonicalQuantity } from './quantity.ts';
import type { SchemaForm, SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

/**
 * What is left of an object after Go has decoded it: unknown fields, nulls, empty lists and maps are gone, and so is what is
 * zero to Go (`hostNetwork: false`, an empty text), but for what it holds behind a pointer; quantities are canonical,
 * apiVersion and kind are the type's. Returns a fresh copy; addZeros is the way back.
 * The object must have passed checkTypes.
 */
export function decodeObject(type: ResourceType, object: KubeObject): KubeObject {
  if (type.custom !== undefined) return type.custom.decode(object);
  const decoded = decodeStruct(schemaOf(type), object);
  return {
    ...decoded,
    apiVersion: groupVersionOf(type),
    kind: type.kind,
    metadata: isJsonObject(decoded['metadata']) ? decoded['metadata'] : {},
  };
}

const zeros: Partial<Record<SchemaForm, unknown>> = {
  string: '',
  bytes: '',
  integer: 0,
  number: 0,
  boolean: false,
};

export function decodeStruct(node: SchemaNode, value: Record<string, unknown>): Record<string, unknown> {
  const fields = node.fields();
  const kept: [string, unknown][] = [];
  for (const [key, child] of Object.entries(value)) {
    const field = fields.get(key);
    if (field === undefined || child === null || child === undefined) continue;
    const decoded = decode(field, child);
    if (!isLost(node, key, field, decoded)) kept.push([key, decoded]);
  }
  return Object.fromEntries(kept);
}

function decode(node: SchemaNode, value: unknown): unknown {
  if (node.form === 'quantity') return canonicalQuantity(value as string | number);
  const elements = node.elements();
  if (Array.isArray(value)) {
    return value.map((element) =>
      elements === undefined ? structuredClone(element) : decodeElement(elements, element),
    );
  }
  if (!isJsonObject(value)) return value;
  if (node.form === 'struct') return decodeStruct(node, value);
  if (elements === undefined) return structuredClone(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, decodeElement(elements, child)]),
  );
}

/** In a list or a map null is the element's zero value, not an absence. */
function decodeElement(node: SchemaNode, value: unknown): unknown {
  if (value !== null) return decode(node, value);
  if (node.form === 'struct') return {};
  return zeros[node.form] ?? null;
}

/** Whether Go cannot tell a field's value from its absence. */
function isLost({ go, required }: SchemaNode, key: string, field: SchemaNode, value: unknown): boolean {
  const isEmpty = isEmptyCollection(field, value);
  if (go === undefined) return isEmpty && !required.has(key);
  if (isEmpty) return !(go.isKeptAsJson && go.printed.has(key));
  return value === zeros[field.form] && !go.pointers.has(key) && !go.nulls.has(key);
}

function isEmptyCollection(node: SchemaNode, value: unknown): boolean {
  if (node.form === 'list') return Array.isArray(value) && value.length === 0;
  return node.form === 'map' && isJsonObject(value) && Object.keys(value).length === 0;
}
