import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../../package-root.ts';
import type { OpenapiSchema } from '../resources/index.ts';

/** What a schema is about, '' when nobody says it, and what its fields are, by name. */
type Prose = readonly [own: string, fields: Readonly<Record<string, string>>];

let prose: Readonly<Record<string, Prose>> | undefined;

/**
 * A built-in schema with what people are told of it: `kubectl explain`. It is unpacked when the first document is made, and no
 * part of what objects are checked by.
 */
export function describedSchema(name: string, schema: OpenapiSchema): OpenapiSchema {
  prose ??= JSON.parse(
    gunzipSync(readFileSync(new URL('src/cluster/data/descriptions.json.gz', packageRoot))).toString(),
  ) as Readonly<Record<string, Prose>>;
  const known = Object.hasOwn(prose, name) ? prose[name] : undefined;
  if (known === undefined) return schema;
  const [own, fields] = known;
  const { properties } = schema;
  return {
    ...(own !== '' && { description: own }),
    ...schema,
    ...(properties !== undefined && { properties: describedFields(properties, fields) }),
  };
}

function describedFields(
  properties: Readonly<Record<string, OpenapiSchema>>,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, OpenapiSchema>> {
  const described = Object.entries(properties).map(([name, schema]) => {
    const description = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [name, description === undefined ? schema : { description, ...schema }] as const;
  });
  return Object.fromEntries(described);
}
