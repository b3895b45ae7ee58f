import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../../package-root.ts';
import type { OpenapiSchema } from '../resources/index.ts';

let schemas: Readonly<Record<string, OpenapiSchema>> | undefined;

/** All component schemas by name; unpacked at the first use. */
export function openapiSchemas(): Readonly<Record<string, OpenapiSchema>> {
  schemas ??= JSON.parse(
    gunzipSync(readFileSync(new URL('src/cluster/data/schemas.json.gz', packageRoot))).toString(),
  ) as Readonly<Record<string, OpenapiSchema>>;
  return schemas;
}

const prefix = '#/components/schemas/';

/** The component that a schema refers to, directly or through Kubernetes' one-element allOf. */
export function referencedSchema(schema: OpenapiSchema): string | undefined {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref?.startsWith(prefix) === true ? ref.slice(prefix.length) : undefined;
}
