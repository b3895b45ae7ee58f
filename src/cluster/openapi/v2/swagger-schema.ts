import type { OpenapiSchema } from '../../resources/index.ts';
import { referencedSchema } from '../../schema/index.ts';

/** A schema of Swagger 2.0, in the words of JSON. */
export type SwaggerSchema = Readonly<Record<string, unknown>>;

/** What Swagger 2.0 has no word for, and what kube-apiserver leaves out of it for its clients' sake. */
const unknownToSwagger = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'nullable', 'default']);

/** An OpenAPI v3 schema as Swagger 2.0 says it. Source: kube-openapi/pkg/handler/default_pruning.go, builder3/util. */
export function swaggerSchema(schema: OpenapiSchema): SwaggerSchema {
  const { properties, items, additionalProperties } = schema;
  const kept = Object.entries(schema).filter(([name]) => !unknownToSwagger.has(name));
  const referred = referencedSchema(schema);
  return {
    ...Object.fromEntries(kept),
    ...(referred === undefined ? {} : { $ref: definitionReference(referred) }),
    // An integer, or a text that is as good as a number: Swagger has one type for a value.
    ...(schema.type === undefined && schema.oneOf !== undefined ? { type: 'string' } : {}),
    ...(properties === undefined ? {} : { properties: swaggerSchemas(properties) }),
    ...(items === undefined ? {} : { items: swaggerSchema(items) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: swaggerSchema(additionalProperties) }
      : {}),
  };
}

function swaggerSchemas(
  schemas: Readonly<Record<string, OpenapiSchema>>,
): Readonly<Record<string, SwaggerSchema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, swaggerSchema(schema)]));
}

export function definitionReference(name: string): string {
  return `#/definitions/${name}`;
}
