import type { KubeObject, ResourceType } from '../resources/index.ts';
import {
  addQuantities,
  asJsonArray,
  asJsonObject,
  compareQuantities,
  containerResources,
  hasOwnResources,
  podLimits,
  podRequests,
  type ResourceList,
  subtractQuantities,
} from '../schema/index.ts';

/** What is used of each resource that a quota can name, as quantities. */
export type Usage = ResourceList;

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

/** What an object uses. @param now milliseconds since the epoch. Source: Kubernetes pkg/quota/v1/evaluator/core, generic. */
export function usageOf(type: ResourceType, object: KubeObject, now: number): Usage {
  const { group, resource } = type;
  const name = group === '' ? resource : `${resource}.${group}`;
  const usage = { [`count/${name}`]: '1' };
  if (group !== '' || !counted.has(resource)) return usage;
  if (resource === 'pods') {
    return { ...usage, ...(isOver(object, now) ? {} : { pods: '1', ...computeOf(object) }) };
  }
  const more =
    resource === 'services'
      ? portsOf(object)
      : resource === 'persistentvolumeclaims'
        ? storageOf(object)
        : {};
  return { ...usage, [resource]: '1', ...more };
}

/** What a change uses more than there was; what it uses less is left out. */
export function increase(next: Usage, old: Usage): Usage {
  const more = Object.entries(next)
    .map(([name, value]) => [name, subtractQuantities(value, old[name] ?? '0')] as const)
    .filter(([, value]) => compareQuantities(value, '0') > 0);
  return Object.fromEntries(more);
}

/** It has ended, or should have: no kubelet may be left to say so. Source: QuotaV1Pod. */
function isOver({ metadata, status }: KubeObject, now: number): boolean {
  const { phase } = asJsonObject(status);
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  return now > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

const computeResources = ['cpu', 'memory', 'ephemeral-storage'];

/** Source: podComputeUsageHelper. */
function computeOf(pod: KubeObject): Usage {
  const usage: Record<string, string> = {};
  for (const [name, request] of Object.entries(podRequests(pod))) {
    const isOwnName = computeResources.includes(name) || name.startsWith('hugepages-');
    if (isOwnName) usage[name] = request;
    if (isOwnName || isExtended(name)) usage[`requests.${name}`] = request;
  }
  for (const [name, limit] of Object.entries(podLimits(pod))) {
    if (computeResources.includes(name)) usage[`limits.${name}`] = limit;
  }
  return usage;
}

/** Of somebody else's domain. Source: pkg/apis/core/v1/helper IsExtendedResourceName. */
function isExtended(name: string): boolean {
  return name.includes('/') && !/^(?:[^/]*\.)?kubernetes\.io\//.test(name) && !name.startsWith('requests.');
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

/** What a quota makes every container say. Source: evaluator/core/pods.go validationSet. */
const mustBeSaid: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);

/** Containers that do not say what a quota limits, unless the pod says it for all. Source: evaluator/core/pods.go Constraints. */
export function unsaid(pod: KubeObject, limited: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const spec = asJsonObject(pod['spec']);
  const missing = new Map<string, string[]>();
  if (hasOwnResources(spec)) return missing;
  const containers = [...asJsonArray(spec['containers']), ...asJsonArray(spec['initContainers'])].map(
    asJsonObject,
  );
  for (const container of containers) {
    for (const name of limited.filter((each) => mustBeSaid.has(each))) {
      const [side, resource = ''] = name.includes('.') ? name.split('.', 2) : ['requests', name];
      const said = containerResources(container, side === 'limits' ? side : 'requests');
      if (said[resource] === undefined) {
        missing.set(name, [...(missing.get(name) ?? []), String(container['name'])].toSorted());
      }
    }
  }
  return missing;
}

/** The sum of two. */
export function addUsage(a: Usage, b: Usage, names: readonly string[]): Usage {
  return Object.fromEntries(names.map((name) => [name, addQuantities(a[name] ?? '0', b[name] ?? '0')]));
}
