import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** An OpenAPI v3 schema as Kubernetes publishes it. */
export interface OpenapiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenapiSchema[];
  readonly oneOf?: readonly OpenapiSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenapiSchema>>;
  readonly items?: OpenapiSchema;
  readonly additionalProperties?: OpenapiSchema;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

let schemas: Readonly<Record<string, OpenapiSchema>> | undefined;

/** All component schemas by name; unpacked at the first use. */
export function openapiSchemas(): Readonly<Record<string, OpenapiSchema>> {
  schemas ??= JSON.parse(
    gunzipSync(readFileSync(new URL('../data/schemas.json.gz', import.meta.url))).toString(),
  ) as Readonly<Record<string, OpenapiSchema>>;
  return schemas;
}

const prefix = '#/components/schemas/';

/** The component that a schema refers to, directly or through Kubernetes' one-element allOf. */
export function referencedSchema(schema: OpenapiSchema): string | undefined {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref?.startsWith(prefix) === true ? ref.slice(prefix.length) : undefined;
}
