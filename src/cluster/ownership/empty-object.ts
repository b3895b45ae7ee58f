import type { ResourceType } from '../resources/index.ts';
import { isJsonObject, type SchemaNode, schemaOf } from '../schema/index.ts';

const known = new WeakMap<SchemaNode, object>();

/**
 * What Go has of a kind before anything is set: the structs that it holds by value. Who creates an object owns what it has
 * beyond that. Shared: never edit it.
 */
export function emptyObject(type: ResourceType): object {
  if (type.custom !== undefined) return {};
  const schema = schemaOf(type);
  const found = known.get(schema) ?? emptyStruct(schema);
  known.set(schema, found);
  return found;
}

function emptyStruct(node: SchemaNode): Record<string, unknown> {
  const members = [...node.fields()].filter(
    ([, field]) => field.form === 'struct' && isJsonObject(field.default),
  );
  return Object.fromEntries(members.map(([name, field]) => [name, emptyStruct(field)]));
}
