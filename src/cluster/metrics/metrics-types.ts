import type { ColumnDefinition, KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { metricsSchemas, schemaPrefix } from './metrics-schemas.ts';
import { totalOf } from './usage.ts';

const group = 'metrics.k8s.io';
const version = 'v1beta1';

export function isMetrics(type: ResourceType): boolean {
  return type.group === group;
}

function metricsType(resource: string, kind: string, namespaced: boolean): ResourceType {
  return {
    group,
    version,
    resource,
    singular: '',
    kind,
    namespaced,
    shortNames: [],
    categories: [],
    verbs: ['get', 'list'],
    subresources: [],
    hasGeneration: false,
    hasStatus: false,
    createOnUpdate: false,
    schema: `${schemaPrefix}.${kind}`,
    own: { schemas: metricsSchemas(kind), columns, cells, selectableFields: [] },
  };
}

const columns: readonly ColumnDefinition[] = [
  column('Name', 'name'),
  column('CPU', 'quantity'),
  column('Memory', 'quantity'),
  column('Window', 'duration'),
];

function column(name: string, format: string): ColumnDefinition {
  return { name, type: 'string', format, description: '', priority: 0 };
}

function cells(object: KubeObject): readonly string[] {
  const { metadata, usage, containers, window } = object;
  const all =
    usage === undefined ? asJsonArray(containers).map((each) => asJsonObject(each)['usage']) : [usage];
  const { cpu, memory } = totalOf(all);
  return [metadata.name ?? '', cpu, memory, String(window)];
}

/** Source: metrics-server pkg/api. */
export const metricsTypes: readonly ResourceType[] = [
  metricsType('nodes', 'NodeMetrics', false),
  metricsType('pods', 'PodMetrics', true),
];
