import type { Definition } from '../definition/definition.ts';
import { type JsonSchema, valuesOf } from '../structural/json-schema.ts';
import { isKnownFormat } from '../validate/string-formats.ts';

/**
 * The formats in a definition's schemas that say nothing of a value, each once.
 * Source: apiextensions-apiserver/pkg/apiserver/validation/formats.go GetUnrecognizedFormats.
 */
export function unrecognizedFormats({ spec }: Definition): readonly string[] {
  const schemas = spec.versions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? []);
  return [...new Set(schemas.flatMap((schema) => [...formatsIn(schema)]))];
}

function* formatsIn(schema: JsonSchema): Generator<string> {
  const { type = '', format = '' } = schema;
  if (format !== '' && !isRecognized(type, format)) yield format;
  for (const part of partsOf(schema)) yield* formatsIn(part);
}

function isRecognized(type: string, format: string): boolean {
  if (type === 'integer') return format === 'int32' || format === 'int64';
  if (type === 'number') return format === 'float' || format === 'double';
  return (type === '' || type === 'string') && isKnownFormat(format);
}

function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const { properties = {}, items, not, allOf = [], anyOf = [], oneOf = [] } = schema;
  const single = [items, not, valuesOf(schema)].filter((each) => each !== undefined);
  return [...single, ...allOf, ...anyOf, ...oneOf, ...Object.values(properties)];
}
