import type { AppliedConfiguration } from '../../../src/cluster/ownership/index.ts';
import {
  findResourceType,
  type KubeObject,
  type ResourceType,
} from '../../../src/cluster/resources/index.ts';

export const time = '2026-11-24T00:00:00Z';
export const later = '2026-11-24T01:00:00Z';

function resourceType(group: string, resource: string): ResourceType {
  const type = findResourceType(group, 'v1', resource);
  if (type === undefined) throw new Error(`${resource} are not served`);
  return type;
}

export const configMaps = resourceType('', 'configmaps');
export const deployments = resourceType('apps', 'deployments');
export const services = resourceType('', 'services');

export function configMap(data: Record<string, string>, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data };
}

export function deployment(containers: readonly object[], spec: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
      ...spec,
    },
  };
}

/** An apply by `manager` on the main path, at `time`. */
export function application(
  type: ResourceType,
  live: KubeObject | undefined,
  config: KubeObject,
  manager: string,
  options: Partial<AppliedConfiguration> = {},
): AppliedConfiguration {
  return { type, live, config, manager, subresource: '', force: false, time, ...options };
}
