import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../resources/index.ts';
import { canonicalQuantity, podRequests, quantityRatio } from '../../schema/index.ts';
import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import { nodeCapacity } from '../node-object.ts';

/** What the node has given to a pod's containers. It changes while they run: by pods/resize. */
export interface PodResources {
  /** A container's requests and limits, as it has them. */
  of(container: string): Json;
  /** Why what the pod asks for now is not given; undefined when it is. */
  obstacle(): string | undefined;
  /** Gives what the pod asks for now, if there is so much. @param pod as stored now */
  update(pod: Json): Resized | undefined;
}

/** What became of a pod that asks for something else. */
export interface Resized {
  /** The names of the containers that must be started anew for it. */
  readonly restarts: readonly string[];
  /** As a kubelet tells of it. */
  readonly summary: string;
}

const lists = ['initContainers', 'containers'] as const;

export function createPodResources(pod: Json): PodResources {
  const given = new Map(containersOf(pod).map((each) => [textIn(each, 'name'), objectIn(each, 'resources')]));
  let obstacle = obstacleOf(pod);

  return {
    of: (container) => given.get(container) ?? {},
    obstacle: () => obstacle,
    update(next) {
      const changed = containersOf(next).filter(
        (each) => !isDeepStrictEqual(objectIn(each, 'resources'), given.get(textIn(each, 'name'))),
      );
      obstacle = changed.length === 0 ? undefined : obstacleOf(next);
      if (changed.length === 0 || obstacle !== undefined) return undefined;
      const restarts = changed.filter((each) => needsRestart(each, given.get(textIn(each, 'name')) ?? {}));
      for (const each of changed) given.set(textIn(each, 'name'), objectIn(each, 'resources'));
      return { restarts: restarts.map((each) => textIn(each, 'name')), summary: summaryOf(next) };
    },
  };
}

function containersOf(pod: Json): readonly Json[] {
  return lists.flatMap((list) => objectsIn(objectIn(pod, 'spec'), list));
}

/** More than the whole node has. Source: kubelet pkg/kubelet/allocation canResizePod. */
function obstacleOf(pod: Json): string | undefined {
  const requests = podRequests(pod as KubeObject);
  const units = [
    ['cpu', 1000],
    ['memory', 1],
  ] as const;
  for (const [name, perUnit] of units) {
    const [requested, capacity] = [requests[name] ?? '0', nodeCapacity[name]].map((quantity) =>
      Math.ceil(quantityRatio(canonicalQuantity(quantity), '1') * perUnit),
    ) as [number, number];
    if (requested > capacity) {
      return `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`;
    }
  }
  return undefined;
}

/** Whether a resource has changed that the container cannot be told of. */
function needsRestart(container: Json, before: Json): boolean {
  const after = objectIn(container, 'resources');
  return objectsIn(container, 'resizePolicy')
    .filter((policy) => policy['restartPolicy'] === 'RestartContainer')
    .some(({ resourceName }) =>
      ['requests', 'limits'].some(
        (side) =>
          objectIn(after, side)[String(resourceName)] !== objectIn(before, side)[String(resourceName)],
      ),
    );
}

/** Source: kubelet pkg/kubelet/events podResizeSummary. */
function summaryOf(pod: Json): string {
  const listed = (list: (typeof lists)[number]) => {
    const all = objectsIn(objectIn(pod, 'spec'), list);
    return all.length === 0
      ? {}
      : { [list]: all.map((each) => ({ name: each['name'], resources: objectIn(each, 'resources') })) };
  };
  const { generation } = objectIn(pod, 'metadata');
  return JSON.stringify({ ...listed('initContainers'), ...listed('containers'), generation });
}
