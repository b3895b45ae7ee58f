import { isActive, isAvailable, isReady } from '../pods/pod-facts.ts';
import { revisionLabel, revisionName } from '../revision-history.ts';
import type { Pod, StatefulSet } from '../shapes.ts';

/** Source: stateful_set_control.go updateStatus, completeRollingUpdate. */
export function statefulSetStatus(set: StatefulSet, own: readonly Pod[], now: number): StatefulSet['status'] {
  const { replicas, minReadySeconds = 0, updateStrategy } = set.spec;
  const revision = revisionName(set);
  const active = own.filter(isActive);
  const isUpdated = (pod: Pod) => pod.metadata.labels?.[revisionLabel] === revision;
  const updated = active.filter(isUpdated).length;
  const ready = active.filter(isReady).length;
  const known = set.status.currentRevision ?? revision;
  const isComplete =
    updateStrategy.type !== 'OnDelete' && [updated, ready, own.length].every((count) => count === replicas);
  const current = isComplete ? revision : known;
  const ofCurrent = active.filter((pod) => pod.metadata.labels?.[revisionLabel] === current).length;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: own.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(ofCurrent > 0 ? { currentReplicas: ofCurrent } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    currentRevision: current,
    updateRevision: revision,
    collisionCount: 0,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds, now)).length,
  };
}
