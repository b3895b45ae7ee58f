import type { OpenapiSchema } from '../../cluster/index.ts';

/** A schema of the configuration file, as far as it is read here. */
interface FileSchema {
  readonly type?: unknown;
  readonly description?: string | undefined;
  readonly whenAbsent?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
}

/** A schema of the configuration file as Kubernetes' documents have schemas. What is no type is checked elsewhere. */
export function openapiSchema(schema: FileSchema): OpenapiSchema {
  const { type, description, whenAbsent, enum: words, required, properties, items } = schema;
  const told = [description, whenAbsent === undefined ? undefined : `Default: ${String(whenAbsent)}.`];
  const text = told.filter((part) => part !== undefined).join(' ');
  // Members that nobody lists may be anything.
  const isOpen = typeof schema.additionalProperties === 'object';
  return {
    ...(text === '' ? {} : { description: text.replaceAll('`', '') }),
    ...(typeof type === 'string' ? { type } : {}),
    ...(words === undefined ? {} : { enum: words }),
    ...(required === undefined || isOpen ? {} : { required }),
    ...(properties === undefined || isOpen ? {} : { properties: openapiProperties(properties) }),
    ...(items === undefined ? {} : { items: openapiSchema(items as FileSchema) }),
    ...(isOpen ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
  };
}

export function openapiProperties(
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, OpenapiSchema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, openapiSchema(schema as FileSchema)]),
  );
}
