import type { OpenapiSchema } from '../resources/index.ts';

const group = 'metrics.k8s.io';
const version = 'v1beta1';
export const schemaPrefix = 'io.k8s.metrics.pkg.apis.metrics.v1beta1';

const reference = (name: string): OpenapiSchema => ({ $ref: `#/components/schemas/${name}` });
const text: OpenapiSchema = { type: 'string', default: '' };
const time = reference('io.k8s.apimachinery.pkg.apis.meta.v1.Time');
const usage: OpenapiSchema = {
  type: 'object',
  description: 'What is used of each resource.',
  additionalProperties: reference('io.k8s.apimachinery.pkg.api.resource.Quantity'),
};

/** The schemas of a kind, of its list and of what it contains. */
export function metricsSchemas(kind: string): Readonly<Record<string, OpenapiSchema>> {
  const named = (properties: Record<string, OpenapiSchema>, required: readonly string[], of: string) => ({
    type: 'object',
    properties: { apiVersion: text, kind: text, ...properties },
    required,
    'x-kubernetes-group-version-kind': [{ group, version, kind: of }],
  });
  const containers: OpenapiSchema = { type: 'array', items: reference(`${schemaPrefix}.ContainerMetrics`) };
  const own: Record<string, OpenapiSchema> = kind === 'PodMetrics' ? { containers } : { usage };
  const properties = {
    metadata: reference('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
    timestamp: time,
    window: { type: 'string', description: 'The time before the timestamp that was measured.' },
    ...own,
  };
  const list = {
    metadata: reference('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta'),
    items: { type: 'array', items: reference(`${schemaPrefix}.${kind}`) },
  };
  return {
    [`${schemaPrefix}.${kind}`]: named(properties, ['timestamp', 'window', ...Object.keys(own)], kind),
    [`${schemaPrefix}.${kind}List`]: named(list, ['items'], `${kind}List`),
    ...(kind === 'PodMetrics' && {
      [`${schemaPrefix}.ContainerMetrics`]: {
        type: 'object',
        properties: { name: text, usage },
        required: ['name', 'usage'],
      },
    }),
  };
}
