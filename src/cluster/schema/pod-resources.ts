import type { KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from './json-object.ts';
import { addQuantities, compareQuantities } from './quantity.ts';

type Json = Record<string, unknown>;

/** Quantities by the name of their resource. */
export type ResourceList = Readonly<Record<string, string>>;

/**
 * What a pod asks for as a whole: its containers' requests, or what one of its init containers needs for a while if that is
 * more, or what it says itself, and its overhead. Source: Kubernetes component-helpers/resource/helpers.go PodRequests.
 */
export function podRequests({ spec }: KubeObject): ResourceList {
  return add(ofPod(asJsonObject(spec), 'requests'), resourceList(asJsonObject(spec)['overhead']));
}

/** What a pod may use as a whole. Overhead counts where there is a limit. Source: PodLimits. */
export function podLimits({ spec }: KubeObject): ResourceList {
  const limits = ofPod(asJsonObject(spec), 'limits');
  const overhead = Object.entries(resourceList(asJsonObject(spec)['overhead']));
  return add(limits, Object.fromEntries(overhead.filter(([name]) => limits[name] !== undefined)));
}

/** The quantities of a JSON object; its other members are left out. */
export function resourceList(value: unknown): ResourceList {
  const entries = Object.entries(asJsonObject(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** One side of a container's resources. */
export function containerResources(container: Json, side: 'requests' | 'limits'): ResourceList {
  return resourceList(asJsonObject(container['resources'])[side]);
}

/** Whether the pod says itself what it asks for as a whole. Source: IsPodLevelResourcesSet. */
export function hasOwnResources(spec: Json): boolean {
  const { requests, limits } = asJsonObject(spec['resources']);
  return [requests, limits].some((side) => Object.keys(asJsonObject(side)).some(isForPods));
}

/** What may be said of a pod as a whole. Source: supportedPodLevelResources. */
function isForPods(resource: string): boolean {
  return resource === 'cpu' || resource === 'memory' || resource.startsWith('hugepages-');
}

function ofPod(spec: Json, side: 'requests' | 'limits'): ResourceList {
  const own = Object.entries(resourceList(asJsonObject(spec['resources'])[side]));
  return { ...ofContainers(spec, side), ...Object.fromEntries(own.filter(([name]) => isForPods(name))) };
}

/** Source: AggregateContainerRequests, AggregateContainerLimits. */
function ofContainers(spec: Json, side: 'requests' | 'limits'): ResourceList {
  const listed = (field: string) => asJsonArray(spec[field]).map(asJsonObject);
  let running = listed('containers')
    .map((container) => containerResources(container, side))
    .reduce(add, {});
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of listed('initContainers')) {
    const own = containerResources(container, side);
    if (container['restartPolicy'] === 'Always') {
      running = add(running, own);
      sidecars = add(sidecars, own);
      starting = larger(starting, sidecars);
    } else {
      starting = larger(starting, add(sidecars, own));
    }
  }
  return larger(running, starting);
}

function add(a: ResourceList, b: ResourceList): ResourceList {
  const sums = Object.entries(b).map(([name, value]) => [name, addQuantities(a[name] ?? '0', value)]);
  return { ...a, ...Object.fromEntries(sums) };
}

function larger(a: ResourceList, b: ResourceList): ResourceList {
  const more = Object.entries(b).filter(([name, value]) => compareQuantities(value, a[name] ?? '0') > 0);
  const absent = Object.entries(b).filter(([name]) => a[name] === undefined);
  return { ...a, ...Object.fromEntries([...absent, ...more]) };
}
