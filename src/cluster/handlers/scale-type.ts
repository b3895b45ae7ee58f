import type { ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { timeSince } from '../table/index.ts';

const column = (name: string, type: string, format = '') => ({
  name,
  type,
  format,
  description: '',
  priority: 0,
});

/** What /scale shows, as if it were a resource of its own. Source of the columns: pkg/printers/internalversion printScale. */
export const scaleType: ResourceType = {
  group: 'autoscaling',
  version: 'v1',
  resource: 'scales',
  singular: 'scale',
  kind: 'Scale',
  namespaced: true,
  shortNames: [],
  categories: [],
  verbs: [],
  subresources: [],
  hasGeneration: false,
  hasStatus: true,
  createOnUpdate: false,
  schema: 'io.k8s.api.autoscaling.v1.Scale',
  own: {
    schemas: {},
    columns: [
      column('Name', 'string', 'name'),
      column('Desired', 'integer'),
      column('Available', 'integer'),
      column('Age', 'string'),
    ],
    cells: ({ metadata, spec, status }, now) => [
      metadata.name ?? '',
      Number(asJsonObject(spec)['replicas'] ?? 0),
      Number(asJsonObject(status)['replicas'] ?? 0),
      timeSince(metadata.creationTimestamp ?? '', now),
    ],
    selectableFields: [],
  },
};
