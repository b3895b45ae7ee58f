import type { KubeObject } from '../resources/index.ts';
import { createUsedResources, type Placed } from '../scheduling/index.ts';
import { objectIn, textIn } from './json.ts';

/** The pods that have their place on the node, and what they have asked for. */
export interface PlacedPods extends Pick<Placed, 'pods' | 'used'> {
  /** Takes note of a pod as it is now. Tells what came of it: a pod came, went, or neither. */
  put(key: string, pod: KubeObject): 'came' | 'went' | undefined;
  remove(key: string): 'went' | undefined;
}

export function createPlacedPods(node: string): PlacedPods {
  const pods = new Map<string, KubeObject>();
  const used = createUsedResources();

  function remove(key: string): 'went' | undefined {
    used.remove(key);
    return pods.delete(key) ? 'went' : undefined;
  }

  return {
    pods,
    used,
    remove,
    put(key, pod) {
      const isOver = ['Succeeded', 'Failed'].includes(textIn(objectIn(pod, 'status'), 'phase'));
      if (isOver || textIn(objectIn(pod, 'spec'), 'nodeName') !== node) return remove(key);
      const before = pods.get(key);
      pods.set(key, pod);
      // Its status tells nothing new; what it asks for may have changed by a resize.
      if (before === undefined || before.metadata.generation !== pod.metadata.generation) used.add(key, pod);
      return before === undefined ? 'came' : undefined;
    },
  };
}
