import type { OpenapiSchema } from '../../resources/index.ts';
import type { DefinitionNames } from '../definition/definition.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { isEmbedded, preservesUnknown, valuesOf } from '../structural/json-schema.ts';

const text = (description: string): OpenapiSchema => ({ description, type: 'string' });
const apiVersion = text(
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
);
const kind = text(
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
);

function metaReference(name: string, description: string): OpenapiSchema {
  return {
    description,
    allOf: [{ $ref: `#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.${name}` }],
  };
}

const metadata = metaReference(
  'ObjectMeta',
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
);
const listMetadata = metaReference(
  'ListMeta',
  'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
);

export interface Published {
  /** By what OpenAPI documents know the kind. */
  readonly name: string;
  readonly schemas: Readonly<Record<string, OpenapiSchema>>;
}

/**
 * A version's schemas as OpenAPI documents show them: with what every object has.
 * Source: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go.
 */
export function publishedSchema(
  group: string,
  version: string,
  names: DefinitionNames,
  schema: JsonSchema,
): Published {
  const package_ = `${group.split('.').toReversed().join('.')}.${version}`;
  const { kind: own, listKind = `${own}List` } = names;
  const name = `${package_}.${own}`;
  const gvk = (of: string) => ({ 'x-kubernetes-group-version-kind': [{ group, kind: of, version }] });
  const properties = { ...embeddedIn(schema).properties, apiVersion, kind, metadata };
  const items: OpenapiSchema = {
    description: `List of ${names.plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
    type: 'array',
    items: { $ref: `#/components/schemas/${name}` },
  };
  return {
    name,
    schemas: {
      [name]: { ...embeddedIn(schema), type: 'object', properties, ...gvk(own) },
      [`${package_}.${listKind}`]: {
        description: `${listKind} is a list of ${own}`,
        type: 'object',
        required: ['items'],
        properties: { apiVersion, kind, metadata: listMetadata, items },
        ...gvk(listKind),
      },
    },
  };
}

/** The schema with apiVersion, kind and metadata where an object is embedded. */
function embeddedIn(schema: JsonSchema): OpenapiSchema {
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => [name, embeddedIn(property)]),
  );
  const meta = isEmbedded(schema) ? { apiVersion, kind, metadata } : {};
  const values = valuesOf(schema);
  const isEmpty = schema.properties === undefined && (!isEmbedded(schema) || preservesUnknown(schema));
  return {
    ...(schema as OpenapiSchema),
    ...(isEmpty ? {} : { properties: { ...properties, ...meta } }),
    ...(schema.items === undefined ? {} : { items: embeddedIn(schema.items) }),
    ...(values === undefined ? {} : { additionalProperties: embeddedIn(values) }),
  };
}
