import { conditionOf } from '../condition-list.ts';
import type { Pod } from '../shapes.ts';

/** Neither over nor on its way out. Source: pkg/controller/controller_utils.go IsPodActive. */
export function isActive(pod: Pod): boolean {
  return !isOver(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** On its way out and not over. Source: pkg/controller/controller_utils.go IsPodTerminating. */
export function isTerminating(pod: Pod): boolean {
  return !isOver(pod) && pod.metadata.deletionTimestamp !== undefined;
}

export function isOver(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status.conditions, 'Ready')?.status === 'True';
}

/** Since when the pod's readiness has been what it is, in milliseconds since the epoch. */
export function readinessSince(pod: Pod): number {
  return Date.parse(conditionOf(pod.status.conditions, 'Ready')?.lastTransitionTime ?? '') || 0;
}

/** Ready for so long that it counts. Source: pkg/api/v1/pod IsPodAvailable. */
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return isReady(pod) && (minReadySeconds === 0 || readinessSince(pod) + minReadySeconds * 1000 <= now);
}

/** Milliseconds until the next ready pod has been ready for so long that it counts; undefined when none is on its way. */
export function nextAvailableInMs(
  pods: readonly Pod[],
  minReadySeconds: number,
  now: number,
): number | undefined {
  const left = pods
    .filter((pod) => isReady(pod) && !isAvailable(pod, minReadySeconds, now))
    .map((pod) => readinessSince(pod) + minReadySeconds * 1000 - now);
  return left.length === 0 ? undefined : Math.min(...left);
}

export function restartsOf(pod: Pod): number {
  return Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}
