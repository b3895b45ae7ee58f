import { isJsonObject } from '../../schema/index.ts';
import {
  hasValues,
  isEmbedded,
  type JsonSchema,
  preservesUnknown,
  propertyOf,
  valuesOf,
} from './json-schema.ts';

/** What every object has, whatever its schema says. */
const metaFields = new Set(['apiVersion', 'kind', 'metadata']);

/** Told of the path of a field that goes. */
type Found = ((path: string) => void) | undefined;

/**
 * The object without the fields that its schema does not specify. Neither it nor its parts are changed.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go.
 * @param found told of the path of each field that goes
 */
export function prune(
  object: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  found?: (path: string) => void,
): Record<string, unknown> {
  return pruneMembers(
    object,
    { ...schema, 'x-kubernetes-embedded-resource': true },
    '',
    found,
    preservesUnknown(schema),
  );
}

function pruneValue(value: unknown, schema: JsonSchema | undefined, path: string, found: Found): unknown {
  return pruneAs(value, schema, path, found, schema !== undefined && preservesUnknown(schema));
}

/** @param keeps what the schema does not specify */
function pruneAs(
  value: unknown,
  schema: JsonSchema | undefined,
  path: string,
  found: Found,
  keeps: boolean,
): unknown {
  if (isJsonObject(value))
    return schema === undefined && keeps ? value : pruneMembers(value, schema, path, found, keeps);
  if (!Array.isArray(value)) return value;
  return value.map((item, index) => {
    const itemPath = found === undefined ? '' : `${path}[${index}]`;
    // A list that keeps what is unknown hands that on to its items.
    return keeps
      ? pruneAs(item, schema?.items, itemPath, found, true)
      : pruneValue(item, schema?.items, itemPath, found);
  });
}

function pruneMembers(
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema = {},
  path: string,
  found: Found,
  keeps: boolean,
): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const memberPath = found === undefined ? '' : path === '' ? name : `${path}.${name}`;
    const own = propertyOf(schema, name);
    if (isEmbedded(schema) && metaFields.has(name)) kept.push([name, member]);
    else if (own !== undefined) kept.push([name, pruneValue(member, own, memberPath, found)]);
    else if (hasValues(schema)) kept.push([name, pruneValue(member, valuesOf(schema), memberPath, found)]);
    else if (keeps) kept.push([name, member]);
    else found?.(memberPath);
  }
  return Object.fromEntries(kept);
}
