import type { OpenapiSchema, ServedGroupVersion } from '../resources/index.ts';
import { openapiSchemas, referencedSchema } from '../schema/index.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const commonRoots = ['APIResourceList', 'DeleteOptions', 'Patch', 'Status', 'WatchEvent'].map(
  (name) => `${meta}.${name}`,
);

/** The schemas of a group version's kinds and lists, and everything that they refer to, by name. */
export function componentSchemas(served: ServedGroupVersion): Readonly<Record<string, OpenapiSchema>> {
  const own = Object.assign({}, ...served.types.map((type) => type.own?.schemas)) as Record<
    string,
    OpenapiSchema
  >;
  const all: Readonly<Record<string, OpenapiSchema>> = { ...openapiSchemas(), ...own };
  const pending = [
    ...commonRoots,
    ...Object.keys(own),
    ...served.types.flatMap((type) => [type.schema, `${type.schema}List`]),
  ];
  if (served.types.some((type) => type.subresources.some((each) => each.kind === 'Scale'))) {
    pending.push('io.k8s.api.autoscaling.v1.Scale');
  }
  const found = new Map<string, OpenapiSchema>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const schema = all[name];
    // Kinds that can only be created have no list.
    if (schema === undefined || found.has(name)) continue;
    found.set(name, schema);
    pending.push(...references(schema));
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function references(schema: OpenapiSchema): string[] {
  const own = referencedSchema(schema);
  const children = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [
    ...(own === undefined ? [] : [own]),
    ...children.flatMap((child) => (typeof child === 'object' ? references(child) : [])),
  ];
}
