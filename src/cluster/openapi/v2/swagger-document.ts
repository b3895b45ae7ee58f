import type { OpenapiSchema, ResourceTable, ServedGroupVersion } from '../../resources/index.ts';
import { componentSchemas } from '../component-schemas.ts';
import { lenientSchema } from './custom-schema.ts';
import { swaggerPaths } from './swagger-paths.ts';
import { type SwaggerSchema, swaggerSchema } from './swagger-schema.ts';

/** A document of Swagger 2.0. */
export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
  readonly securityDefinitions: Readonly<Record<string, object>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** What a document says of some kinds. */
export type SwaggerPart = Pick<SwaggerDocument, 'paths' | 'definitions'>;

/** Everything that is served, in one document: what OpenAPI v3 says in one document a group version. */
export function swaggerDocument({ groupVersions }: ResourceTable): SwaggerDocument {
  const definitions = groupVersions.flatMap((served) => Object.entries(definitionsOf(served)));
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.assign({}, ...groupVersions.map(swaggerPaths)),
    definitions: Object.fromEntries(definitions.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    securityDefinitions: {
      BearerToken: {
        description: 'Bearer Token authentication',
        type: 'apiKey',
        name: 'authorization',
        in: 'header',
      },
    },
    security: [{ BearerToken: [] }],
  };
}

/** The definitions of a group version's kinds, and of what they are made of. */
export function definitionsOf(served: ServedGroupVersion): Readonly<Record<string, SwaggerSchema>> {
  const custom = new Set(
    served.types.flatMap((type) => (type.custom === undefined ? [] : Object.keys(type.own?.schemas ?? {}))),
  );
  const entries = Object.entries(componentSchemas(served)).map(([name, schema]) => [
    name,
    swaggerSchema(custom.has(name) ? customDefinition(schema) : schema),
  ]);
  return Object.fromEntries(entries);
}

/** One whose objects keep unknown fields says nothing of them: kubectl would refuse what is not declared. */
function customDefinition(schema: OpenapiSchema): OpenapiSchema {
  const gvk = schema['x-kubernetes-group-version-kind'];
  return schema['x-kubernetes-preserve-unknown-fields'] === true
    ? { type: 'object', ...(gvk && { 'x-kubernetes-group-version-kind': gvk }) }
    : lenientSchema(schema);
}
