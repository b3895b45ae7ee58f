import type { KubeObject, ResourceType } from '../resources/index.ts';
import { isJsonObject } from './json-object.ts';
import { inKeyOrder } from './key-order.ts';
import { metadataNode } from './object-metadata.ts';
import type { SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

/**
 * An object with its members where Go's encoding/json writes them: fields as their type declares them, the keys of maps
 * sorted. What a definition describes is a map to Go.
 */
export function inWrittenOrder(type: ResourceType, object: KubeObject): KubeObject {
  if (type.custom === undefined) return ordered(schemaOf(type), object) as KubeObject;
  const { metadata, ...content } = object;
  return { ...inKeyOrder(content), metadata: ordered(metadataNode(), metadata) as KubeObject['metadata'] };
}

function ordered(node: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = node.elements();
    return elements === undefined || !value.some(isJsonObject)
      ? value
      : value.map((element) => ordered(elements, element));
  }
  if (!isJsonObject(value)) return value;
  if (node.form === 'struct') return orderedStruct(node, value);
  const elements = node.elements();
  if (elements === undefined) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, ordered(elements, value[name])]));
}

function orderedStruct(node: SchemaNode, value: Record<string, unknown>): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  const fields = node.fields();
  for (const [name, field] of fields) {
    if (Object.hasOwn(value, name)) entries.push([name, ordered(field, value[name])]);
  }
  if (entries.length < Object.keys(value).length) {
    entries.push(...Object.entries(value).filter(([name]) => !fields.has(name)));
  }
  return Object.fromEntries(entries);
}
