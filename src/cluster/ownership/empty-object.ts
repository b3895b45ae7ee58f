import type { ResourceType } from '../resources/index.ts';
import { fillStruct, type SchemaNode, schemaOf } from '../schema/index.ts';

const known = new WeakMap<SchemaNode, object>();

/**
 * What Go has of a kind before anything is set: what it writes all the same. Who creates an object owns what it has beyond
 * that. Shared: never edit it.
 */
export function emptyObject(type: ResourceType): object {
  if (type.custom !== undefined) return {};
  const schema = schemaOf(type);
  const found = known.get(schema) ?? fillStruct(schema, {});
  known.set(schema, found);
  return found;
}
