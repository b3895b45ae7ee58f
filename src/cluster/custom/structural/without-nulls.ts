import { isJsonObject } from '../../schema/index.ts';
import { type JsonSchema, memberOf } from './json-schema.ts';

/**
 * The value without nulls that its schema does not allow and has no default for. Neither it nor its parts are changed.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting/prunenulls.go.
 */
export function withoutNulls(value: unknown, schema: JsonSchema | undefined): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema.items));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== null || mayBeNull(memberOf(schema, name)))
      .map(([name, member]) => [name, withoutNulls(member, memberOf(schema, name))]),
  );
}

function mayBeNull(schema: JsonSchema | undefined): boolean {
  return schema === undefined || schema.nullable === true || schema.default !== undefined;
}
