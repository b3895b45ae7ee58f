import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import { isJsonObject } from '../../schema/index.ts';
import { isEmbedded, type JsonSchema } from '../structural/json-schema.ts';
import { prune } from '../structural/prune.ts';
import { validateEmbedded } from '../validate/validate-embedded.ts';
import { validateValue } from '../validate/validate-value.ts';

const metaFields = new Set(['metadata', 'apiVersion', 'kind']);

/**
 * Defaults that do not fit their own schema. Those of metadata are left to where they are used.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go.
 */
export function validateDefaults(schema: JsonSchema, path: string, isRoot = true): FieldError[] {
  const { items, properties = {} } = schema;
  return [
    ...(schema.default === undefined ? [] : defaultErrors(schema, schema.default, `${path}.default`)),
    ...(items === undefined ? [] : validateDefaults(items, `${path}.items`, false)),
    ...Object.entries(properties).flatMap(([name, property]) => {
      if ((isRoot || isEmbedded(schema)) && metaFields.has(name)) return [];
      return validateDefaults(property, `${path}.properties[${name}]`, false);
    }),
  ];
}

function defaultErrors(schema: JsonSchema, value: unknown, path: string): FieldError[] {
  const unknown = hasUnknownFields(schema, value)
    ? [fieldError.invalid(path, value, 'must not have unknown fields')]
    : [];
  const embedded = validateEmbedded(schema, value, path);
  const errors =
    embedded.length > 0 ? embedded : validateValue(schema, value, { path: '', root: path }).errors;
  return [...unknown, ...errors];
}

/** As a member, so that an object's own apiVersion, kind and metadata count only where one is embedded. */
function hasUnknownFields(schema: JsonSchema, value: unknown): boolean {
  if (!isJsonObject(value) && !Array.isArray(value)) return false;
  const holder = { value };
  return !isDeepStrictEqual(prune(holder, { properties: { value: schema } }), holder);
}
