import type { OpenapiSchema } from '../../resources/index.ts';

interface CustomSchema extends OpenapiSchema {
  readonly nullable?: boolean;
  readonly anyOf?: unknown;
  readonly not?: unknown;
}

/**
 * A custom resource's schema, less what kubectl's reading of Swagger 2.0 would misunderstand: what may be null has no
 * type, and what keeps unknown fields declares none, since kubectl would refuse all others.
 * Source: apiextensions-apiserver/pkg/controller/openapi/v2/conversion.go.
 */
export function lenientSchema(schema: CustomSchema): OpenapiSchema {
  const {
    properties,
    items,
    additionalProperties,
    required,
    oneOf: _,
    anyOf: __,
    not: ___,
    ...rest
  } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const isUntyped = schema.nullable === true || isOpen;
  const { type, ...untyped } = rest;
  // kubectl cannot read a list of which it is not told what is in it.
  const isBare = isUntyped && (type === 'array' || schema.nullable === true || (isOpen && type === 'object'));
  const needed = withoutNullable(required, properties, additionalProperties);
  return {
    ...(isBare ? untyped : rest),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...(isUntyped || properties === undefined ? {} : { properties: lenientSchemas(properties) }),
    ...(isUntyped || items === undefined ? {} : { items: lenientSchema(items) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object'
              ? lenientSchema(additionalProperties)
              : additionalProperties,
        }),
  };
}

function lenientSchemas(
  schemas: Readonly<Record<string, OpenapiSchema>>,
): Readonly<Record<string, OpenapiSchema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, lenientSchema(schema)]));
}

/** An absent member and one that is null are the same to kubectl. */
function withoutNullable(
  required: readonly string[] = [],
  properties: CustomSchema['properties'] = {},
  values: CustomSchema['additionalProperties'],
): readonly string[] {
  const isNullable = (schema: CustomSchema | undefined) => schema?.nullable === true;
  if (typeof values === 'object' && isNullable(values)) return [];
  return required.filter(
    (name) => !isNullable(Object.hasOwn(properties, name) ? properties[name] : undefined),
  );
}
