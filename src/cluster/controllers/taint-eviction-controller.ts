import { timestamp } from '../objects/object-context.ts';
import type { ManagedFieldsEntry } from '../ownership/index.ts';
import { toleratesAll } from '../scheduling/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { withCondition } from './condition-list.ts';
import { type Controller, controllerOf } from './controller.ts';
import { nodes, pods } from './kinds.ts';
import { isOver } from './pods/pod-facts.ts';
import type { Node, Pod } from './shapes.ts';
import { removeObject, writeStatus } from './writes.ts';

/**
 * Takes pods away from a node that has got a taint NoExecute which they do not bear, or not any longer.
 * Source: Kubernetes pkg/controller/tainteviction.
 */
export const taintEvictionController: Controller = controllerOf({
  name: 'taint-eviction-controller',
  kind: pods,
  follows: [nodes],
  concerns: (world, { object }) =>
    world.list(pods, '').filter(({ spec }) => spec.nodeName === object.metadata.name),
  async reconcile(deps, pod) {
    const { name = '', namespace = '', deletionTimestamp } = pod.metadata;
    const node = deps.world.get(nodes, '', pod.spec.nodeName ?? '');
    if (node === undefined || deletionTimestamp !== undefined || isOver(pod)) return undefined;
    const seconds = toleratesAll(pod.spec, node.spec, 'NoExecute');
    if (seconds === Infinity) return undefined;
    const left = since(node, pod) + seconds * 1000 - deps.now();
    if (seconds > 0 && left > 0) return left;
    deps.tell(pods, pod, 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    } as const;
    const conditions = withCondition(pod.status.conditions ?? [], condition, timestamp(deps.context));
    await removeObject(
      deps.context,
      pods,
      await writeStatus(deps.context, pods, pod, { ...pod.status, conditions }),
    );
    return undefined;
  },
});

/** Since when the pod has had to bear the node's taints, in milliseconds since the epoch: they say only who has set them, and when. */
function since({ metadata }: Node, pod: Pod): number {
  const entries = (metadata['managedFields'] ?? []) as readonly ManagedFieldsEntry[];
  const times = entries
    .filter(({ fieldsV1 }) => Object.hasOwn(asJsonObject(asJsonObject(fieldsV1)['f:spec']), 'f:taints'))
    .map(({ time = '' }) => time);
  const known = [...times, metadata.creationTimestamp ?? '', pod.metadata.creationTimestamp ?? ''];
  return Math.max(0, ...known.map((time) => Date.parse(time)).filter((time) => !Number.isNaN(time)));
}
