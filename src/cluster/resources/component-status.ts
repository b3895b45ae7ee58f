import type { OpenapiSchema, OwnKind } from './resource-type.ts';

const prefix = 'io.k8s.api.core.v1';
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const reference = (name: string): OpenapiSchema => ({ $ref: `#/components/schemas/${name}` });
const required: OpenapiSchema = { type: 'string', default: '' };
const text: OpenapiSchema = { type: 'string' };
const byType = {
  'x-kubernetes-list-map-keys': ['type'],
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-patch-merge-key': 'type',
  'x-kubernetes-patch-strategy': 'merge',
} as const;

interface ComponentCondition {
  readonly status?: string;
  readonly message?: string;
  readonly error?: string;
}

const column = (name: string, format = '') => ({
  name,
  type: 'string',
  format,
  description: '',
  priority: 0,
});

/** How a component of the control plane is. Nobody keeps it: it is looked at when it is asked for. */
export const componentStatus: OwnKind = {
  schemas: {
    [`${prefix}.ComponentStatus`]: named('ComponentStatus', {
      metadata: reference(`${meta}.ObjectMeta`),
      conditions: { type: 'array', items: reference(`${prefix}.ComponentCondition`), ...byType },
    }),
    [`${prefix}.ComponentStatusList`]: {
      ...named('ComponentStatusList', {
        metadata: reference(`${meta}.ListMeta`),
        items: { type: 'array', items: reference(`${prefix}.ComponentStatus`) },
      }),
      required: ['items'],
    },
    [`${prefix}.ComponentCondition`]: {
      type: 'object',
      required: ['type', 'status'],
      properties: { type: required, status: required, message: text, error: text },
    },
  },
  columns: [column('Name', 'name'), column('Status'), column('Message'), column('Error')],
  // Source: pkg/printers/internalversion printComponentStatus.
  cells({ metadata, conditions }) {
    const [condition = {}] = (conditions ?? []) as readonly ComponentCondition[];
    const { status = 'Unknown', message = '', error = '' } = condition;
    const shown = status === 'True' ? 'Healthy' : status === 'False' ? 'Unhealthy' : 'Unknown';
    return [metadata.name ?? '', shown, message, error];
  },
  selectableFields: [],
};

function named(kind: string, properties: Readonly<Record<string, OpenapiSchema>>): OpenapiSchema {
  return {
    type: 'object',
    properties: { apiVersion: text, kind: text, ...properties },
    'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind }],
  };
}
