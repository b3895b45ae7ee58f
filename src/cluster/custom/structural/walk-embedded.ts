import { isJsonObject } from '../../schema/index.ts';
import { isEmbedded, type JsonSchema, propertyOf, valuesOf } from './json-schema.ts';

/** An object inside of an object, with its own apiVersion, kind and metadata. */
export interface Embedded {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/** Finds the objects that are embedded in a value, the value itself among them. */
export function* embeddedIn(value: unknown, schema: JsonSchema | undefined, path = ''): Iterable<Embedded> {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* embeddedIn(item, schema.items, `${path}[${index}]`);
    return;
  }
  if (!isJsonObject(value)) return;
  if (isEmbedded(schema)) yield { value, path };
  for (const [name, member] of Object.entries(value)) {
    const own = propertyOf(schema, name);
    if (own !== undefined) yield* embeddedIn(member, own, path === '' ? name : `${path}.${name}`);
    else yield* embeddedIn(member, valuesOf(schema), `${path}[${name}]`);
  }
}

/** Whether a schema has embedded objects anywhere; most have none. */
export function hasEmbedded(schema: JsonSchema): boolean {
  const below = [...Object.values(schema.properties ?? {}), schema.items, valuesOf(schema)];
  return isEmbedded(schema) || below.some((each) => each !== undefined && hasEmbedded(each));
}
