import { isJsonObject } from '../../schema/index.ts';
import { type JsonSchema, memberOf } from './json-schema.ts';

/**
 * The value with the defaults of its schema, and without nulls that the schema does not allow. Neither it nor its parts
 * are changed. Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting/{algorithm,prunenulls}.go.
 */
export function setDefaults(value: unknown, schema: JsonSchema | undefined): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item) =>
      setDefaults(isMissing(item, schema.items) ? defaultOf(schema.items) : item, schema.items),
    );
  }
  return isJsonObject(value) ? setMembers(value, schema) : value;
}

function setMembers(value: Readonly<Record<string, unknown>>, schema: JsonSchema): Record<string, unknown> {
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    const own = memberOf(schema, name);
    if (isMissing(member, own) && own?.default === undefined) continue;
    members.set(name, isMissing(member, own) ? defaultOf(own) : member);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default !== undefined && !members.has(name)) members.set(name, defaultOf(property));
  }
  const set = [...members].map(
    ([name, member]) => [name, setDefaults(member, memberOf(schema, name))] as const,
  );
  return Object.fromEntries(set);
}

/** A null where the schema knows no null. */
function isMissing(value: unknown, schema: JsonSchema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}

/** A copy: whoever edits an object must not edit its definition. */
function defaultOf(schema: JsonSchema | undefined): unknown {
  return schema?.default === undefined ? null : structuredClone(schema.default);
}
