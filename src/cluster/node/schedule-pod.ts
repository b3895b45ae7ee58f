import type { KubeObject } from '../resources/index.ts';
import { obstacleOnNode, type Placed } from '../scheduling/index.ts';
import { objectIn, objectsIn, textIn } from './json.ts';
import { nodeName } from './node-object.ts';
import { withCondition } from './pod/pod-status.ts';

/** What the scheduler looks at besides the pod. */
export interface NodeSituation extends Placed {
  readonly node: KubeObject | undefined;
}

/**
 * A pod without a node, bound to the one that there is, or with the reason why not. Undefined when it is another scheduler's.
 * Volumes are not looked at, and nobody is preempted. Source: kube-scheduler framework, pkg/scheduler/schedule_one.go.
 * @param now milliseconds since the epoch
 */
export function schedulePod(pod: KubeObject, situation: NodeSituation, now: number): KubeObject | undefined {
  const spec = objectIn(pod, 'spec');
  if ((textIn(spec, 'schedulerName') || 'default-scheduler') !== 'default-scheduler') return undefined;
  if (objectsIn(spec, 'schedulingGates').length > 0) {
    return withScheduled(pod, 'False', now, {
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    });
  }
  const message = whyNot(pod, situation);
  if (message !== undefined) return withScheduled(pod, 'False', now, { reason: 'Unschedulable', message });
  return withScheduled({ ...pod, spec: { ...spec, nodeName } }, 'True', now, {});
}

function whyNot(pod: KubeObject, { node, ...placed }: NodeSituation): string | undefined {
  if (node === undefined) return 'no nodes available to schedule pods';
  const obstacles = obstacleOnNode(pod, node, placed);
  if (obstacles.length === 0) return undefined;
  return `0/1 nodes are available: ${obstacles.map((each) => `1 ${each}`).join(', ')}.`;
}

function withScheduled(pod: KubeObject, status: 'True' | 'False', now: number, why: object): KubeObject {
  const old = objectIn(pod, 'status');
  const generation = objectIn(pod, 'metadata')['generation'];
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const condition = { type: 'PodScheduled', status, ...why, ...observed };
  return {
    ...pod,
    status: { ...old, conditions: withCondition(objectsIn(old, 'conditions'), condition, now) },
  };
}
