import { type Json, objectIn, objectsIn, textIn } from './json.ts';
import { maxPods, nodeName } from './node-object.ts';
import { withCondition } from './pod/pod-status.ts';

/** What the scheduler looks at besides the pod. */
export interface NodeSituation {
  readonly node: Json | undefined;
  readonly pods: number;
}

/**
 * A pod without a node, bound to the one that there is, or with the reason why not. Undefined when it is another scheduler's.
 * Looks at gates, cordons, node selectors and the number of pods; taints, affinity and resources are not simulated.
 * Source: kube-scheduler framework, pkg/scheduler/schedule_one.go.
 * @param now milliseconds since the epoch
 */
export function schedulePod<T extends Json>(pod: T, situation: NodeSituation, now: number): T | undefined {
  const spec = objectIn(pod, 'spec');
  if ((textIn(spec, 'schedulerName') || 'default-scheduler') !== 'default-scheduler') return undefined;
  if (objectsIn(spec, 'schedulingGates').length > 0) {
    return withScheduled(pod, 'False', now, {
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    });
  }
  const obstacle = obstacleOf(spec, situation);
  if (obstacle !== undefined) {
    const message = situation.node === undefined ? obstacle : `0/1 nodes are available: 1 ${obstacle}.`;
    return withScheduled(pod, 'False', now, { reason: 'Unschedulable', message });
  }
  return withScheduled({ ...pod, spec: { ...spec, nodeName } }, 'True', now, {});
}

function obstacleOf(spec: Json, { node, pods }: NodeSituation): string | undefined {
  if (node === undefined) return 'no nodes available to schedule pods';
  const labels = objectIn(objectIn(node, 'metadata'), 'labels');
  const selector = Object.entries(objectIn(spec, 'nodeSelector'));
  if (objectIn(node, 'spec')['unschedulable'] === true) return 'node(s) were unschedulable';
  if (selector.some(([key, value]) => labels[key] !== value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  return pods >= maxPods ? 'Too many pods' : undefined;
}

function withScheduled<T extends Json>(pod: T, status: 'True' | 'False', now: number, why: Json): T {
  const old = objectIn(pod, 'status');
  const generation = objectIn(pod, 'metadata')['generation'];
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const condition = { type: 'PodScheduled', status, ...why, ...observed };
  return {
    ...pod,
    status: { ...old, conditions: withCondition(objectsIn(old, 'conditions'), condition, now) },
  };
}
