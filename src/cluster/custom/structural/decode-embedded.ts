import { asJsonObject, isJsonObject, objectMetadata } from '../../schema/index.ts';
import { isEmbedded, type JsonSchema, memberOf } from './json-schema.ts';
import { embeddedIn } from './walk-embedded.ts';

/**
 * The first metadata of a wrong type in the objects that are embedded in a value, with its path.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/objectmeta/algorithm.go.
 */
export function embeddedProblem(value: unknown, schema: JsonSchema): string | undefined {
  for (const { value: object, path } of embeddedIn(value, schema)) {
    const { metadata } = object;
    const problem = metadata === undefined ? undefined : objectMetadata.typeProblem(metadata);
    if (problem !== undefined)
      return `${path}.metadata: Invalid value: ${JSON.stringify(metadata)}: ${problem}`;
  }
  return undefined;
}

/** The paths of metadata's unknown fields in embedded objects. */
export function unknownEmbeddedFields(value: unknown, schema: JsonSchema): string[] {
  return [...embeddedIn(value, schema)].flatMap(({ value: object, path }) =>
    objectMetadata.unknownFields(object['metadata'], `${path}.metadata`),
  );
}

/** The value with the metadata of embedded objects as Go decodes it. It has passed embeddedProblem. */
export function decodeEmbedded(value: unknown, schema: JsonSchema | undefined): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => decodeEmbedded(item, schema.items));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isMetadata = name === 'metadata' && isEmbedded(schema);
      return [
        name,
        isMetadata
          ? objectMetadata.decode(asJsonObject(member))
          : decodeEmbedded(member, memberOf(schema, name)),
      ];
    }),
  );
}
