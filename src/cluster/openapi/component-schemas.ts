import type { OpenapiSchema, ServedGroupVersion } from '../resources/index.ts';
import { openapiSchemas, referencedSchema } from '../schema/index.ts';
import type { GroupVersionKind } from './api-paths.ts';

type Schemas = Readonly<Record<string, OpenapiSchema>>;

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** What requests and answers of every kind are made of. */
export const commonSchemas = {
  resources: `${meta}.APIResourceList`,
  deleteOptions: `${meta}.DeleteOptions`,
  patch: `${meta}.Patch`,
  status: `${meta}.Status`,
  watchEvent: `${meta}.WatchEvent`,
} as const;

/** The schemas of a group version's kinds and lists, and everything that they refer to, by name. */
export function componentSchemas(served: ServedGroupVersion): Schemas {
  const own = Object.assign({}, ...served.types.map((type) => type.own?.schemas)) as Schemas;
  const all: Schemas = { ...openapiSchemas(), ...own };
  const pending = [
    ...Object.values(commonSchemas),
    ...Object.keys(own),
    ...served.types.flatMap((type) => [type.schema, `${type.schema}List`]),
    ...served.types.flatMap(({ subresources }) =>
      subresources.filter(({ group }) => group !== '').flatMap((each) => schemaOfKind(each) ?? []),
    ),
  ];
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

/** The name of a built-in kind's schema. */
export function schemaOfKind({ group, version, kind }: GroupVersionKind): string | undefined {
  const isIt = (gvk: GroupVersionKind) => gvk.group === group && gvk.version === version && gvk.kind === kind;
  return Object.entries(openapiSchemas()).find(([, schema]) =>
    schema['x-kubernetes-group-version-kind']?.some(isIt),
  )?.[0];
}

function references(schema: OpenapiSchema): string[] {
  const own = referencedSchema(schema);
  const children = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [
    ...(own === undefined ? [] : [own]),
    ...children.flatMap((child) => (typeof child === 'object' ? references(child) : [])),
  ];
}
