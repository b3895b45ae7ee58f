import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { isJsonObject } from './json-object.ts';
import { canonicalQuantity } from './quantity.ts';
import type { SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

/**
 * What is left of an object after Go has decoded and encoded it: unknown fields, nulls and empty optional lists and
 * maps are gone, quantities are canonical, apiVersion and kind are the type's. Returns a fresh copy.
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

export function decodeStruct(node: SchemaNode, value: Record<string, unknown>): Record<string, unknown> {
  const fields = node.fields();
  const kept: [string, unknown][] = [];
  for (const [key, child] of Object.entries(value)) {
    const field = fields.get(key);
    if (field === undefined || child === null || child === undefined) continue;
    const decoded = decode(field, child);
    if (!isEmptyCollection(field, decoded) || node.required.has(key)) kept.push([key, decoded]);
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
  return node.form === 'string' || node.form === 'bytes' ? '' : null;
}

function isEmptyCollection(node: SchemaNode, value: unknown): boolean {
  if (node.form === 'list') return Array.isArray(value) && value.length === 0;
  return node.form === 'map' && isJsonObject(value) && Object.keys(value).length === 0;
}
