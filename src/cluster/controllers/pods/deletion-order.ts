import type { Pod } from '../shapes.ts';
import { isReady, readinessSince, restartsOf } from './pod-facts.ts';

const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * Pods in the order in which a manager that has too many gives them up: those of least use first.
 * Source: pkg/controller/controller_utils.go ActivePodsWithRanks.
 */
export function inDeletionOrder(pods: readonly Pod[]): readonly Pod[] {
  return pods.toSorted((a, b) => {
    for (const measure of measures) {
      const difference = measure(a) - measure(b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** What counts, most important first; the lower goes first. */
const measures: readonly ((pod: Pod) => number)[] = [
  (pod) => ((pod.spec.nodeName ?? '') === '' ? 0 : 1),
  (pod) => phases[pod.status.phase ?? ''] ?? 1,
  (pod) => (isReady(pod) ? 1 : 0),
  (pod) => Number.parseInt(pod.metadata.annotations?.[costAnnotation] ?? '0', 10) || 0,
  (pod) => (isReady(pod) ? -readinessSince(pod) : 0),
  (pod) => -restartsOf(pod),
  (pod) => -(Date.parse(pod.metadata.creationTimestamp ?? '') || 0),
];
