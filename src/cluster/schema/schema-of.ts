import type { ResourceType } from '../resources/index.ts';
import { namedNode, type SchemaNode } from './schema-node.ts';

/** The resolved schema of a type's objects. */
export function schemaOf(type: ResourceType): SchemaNode {
  return namedNode(type.schema, type.own?.schemas);
}
