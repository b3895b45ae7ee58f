import type { KubeObject, ResourceType } from '../resources/index.ts';
import { addQuantities, asJsonArray, asJsonObject } from '../schema/index.ts';

type Json = Record<string, unknown>;

/** What is used of each resource that a quota can name, as quantities. */
export type Usage = Readonly<Record<string, string>>;

/** Kinds of the core group that are counted by their plural too. Source: pkg/quota/v1/evaluator/core/registry.go. */
const counted = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

/** What an object uses. Source: Kubernetes pkg/quota/v1/evaluator/core, generic. */
export function usageOf(type: ResourceType, object: KubeObject): Usage {
  const { group, resource } = type;
  const name = group === '' ? resource : `${resource}.${group}`;
  const usage = { [`count/${name}`]: '1' };
  if (group !== '' || !counted.has(resource)) return usage;
  if (resource === 'pods')
    return { ...usage, ...(isOver(object) ? {} : { pods: '1', ...computeOf(object) }) };
  const more =
    resource === 'services'
      ? portsOf(object)
      : resource === 'persistentvolumeclaims'
        ? storageOf(object)
        : {};
  return { ...usage, [resource]: '1', ...more };
}

function isOver({ status }: KubeObject): boolean {
  const { phase } = asJsonObject(status);
  return phase === 'Succeeded' || phase === 'Failed';
}

const computeResources = ['cpu', 'memory', 'ephemeral-storage'];

function computeOf({ spec }: KubeObject): Usage {
  const containers = asJsonArray(asJsonObject(spec)['containers']).map(asJsonObject);
  const usage: Record<string, string> = {};
  for (const resource of computeResources) {
    const requests = total(containers, 'requests', resource);
    const limits = total(containers, 'limits', resource);
    if (requests !== undefined) usage[resource] = usage[`requests.${resource}`] = requests;
    if (limits !== undefined) usage[`limits.${resource}`] = limits;
  }
  return usage;
}

function total(containers: readonly Json[], side: string, resource: string): string | undefined {
  const values = containers.flatMap((container) => {
    const value = asJsonObject(asJsonObject(container['resources'])[side])[resource];
    return typeof value === 'string' ? [value] : [];
  });
  return values.length === 0 ? undefined : values.reduce(addQuantities, '0');
}

function portsOf({ spec }: KubeObject): Usage {
  const { type, ports, allocateLoadBalancerNodePorts } = asJsonObject(spec);
  const count = String(asJsonArray(ports).length);
  if (type === 'NodePort') return { 'services.nodeports': count };
  if (type !== 'LoadBalancer') return {};
  const nodePorts = allocateLoadBalancerNodePorts === false ? '0' : count;
  return { 'services.loadbalancers': '1', 'services.nodeports': nodePorts };
}

function storageOf({ spec }: KubeObject): Usage {
  const { storageClassName, resources } = asJsonObject(spec);
  const requested = asJsonObject(asJsonObject(resources)['requests'])['storage'];
  const storage = { 'requests.storage': String(requested ?? '0') };
  if (typeof storageClassName !== 'string' || storageClassName === '') return storage;
  const ofClass = `${storageClassName}.storageclass.storage.k8s.io`;
  return {
    ...storage,
    [`${ofClass}/requests.storage`]: storage['requests.storage'],
    [`${ofClass}/persistentvolumeclaims`]: '1',
  };
}

/** Containers that do not say what a quota limits. Source: evaluator/core/pods.go Constraints. */
export function unsaid(
  { spec }: KubeObject,
  limited: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const missing = new Map<string, string[]>();
  for (const container of asJsonArray(asJsonObject(spec)['containers']).map(asJsonObject)) {
    for (const name of limited) {
      const [side, resource] = name.includes('.') ? name.split('.', 2) : ['requests', name];
      if (!computeResources.includes(resource ?? '') || !['requests', 'limits'].includes(side ?? ''))
        continue;
      const said = asJsonObject(asJsonObject(container['resources'])[side ?? ''])[resource ?? ''];
      if (said === undefined) missing.set(name, [...(missing.get(name) ?? []), String(container['name'])]);
    }
  }
  return missing;
}
