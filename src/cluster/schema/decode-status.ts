import type { ResourceType } from '../resources/index.ts';
import { decodeStruct } from './decode-object.ts';
import { isJsonObject } from './json-object.ts';
import { schemaOf } from './schema-of.ts';
import { fillStruct } from './zeros.ts';

/** A status as Go reads and writes it, on its own; what a definition describes stays as it is. It must have passed checkTypes. */
export function decodeStatus(type: ResourceType, status: unknown): unknown {
  if (type.custom !== undefined) return status;
  const node = schemaOf(type).fields().get('status');
  if (node?.go === undefined) return status;
  return fillStruct(node, isJsonObject(status) ? decodeStruct(node, status) : {});
}
