import { matchesNode, untolerated } from '../../scheduling/index.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../kinds.ts';
import { claimed, managersConcerned } from '../ownership.ts';
import { deletePods, makePods } from '../pods/adjust-pods.ts';
import { isActive, isAvailable, isOver, isReady, nextAvailableInMs } from '../pods/pod-facts.ts';
import { forgetRevisions, keepRevision, revisionLabel } from '../revision-history.ts';
import type { DaemonSet, Node, Pod } from '../shapes.ts';
import { writeStatus } from '../writes.ts';
import { daemonPod, isUpToDate, nodeOf, toleratedBy } from './daemon-pod.ts';
import { rollDaemons, surgeOf } from './roll-daemons.ts';

/** Keeps a pod on every node that fits. Source: Kubernetes pkg/controller/daemon. */
export const daemonSetController: Controller = controllerOf({
  name: 'daemonset-controller',
  account: 'daemon-set-controller',
  kind: daemonSets,
  follows: [pods, nodes, controllerRevisions],
  concerns: (world, change) =>
    change.type === nodes ? world.list(daemonSets, '') : managersConcerned(world, daemonSets, change),
  async reconcile(deps, set) {
    const { namespace = '', deletionTimestamp } = set.metadata;
    const own = await claimed(
      deps,
      { kind: daemonSets, object: set },
      pods,
      deps.world.list(pods, namespace),
    );
    const all = deps.world.list(nodes, '').map((node) => ({ node, ...placeOn(set, node) }));
    const suitable = all.filter(({ shouldRun }) => shouldRun).map(({ node }) => node);
    const bearable = namesOf(all.filter(({ mayStay }) => mayStay).map(({ node }) => node));
    if (deletionTimestamp === undefined) {
      const history = await keepRevision(deps, daemonSets, set);
      await manage(deps, set, own, suitable, bearable);
      await rollDaemons(deps, set, own, namesOf(suitable));
      await forgetRevisions(deps, set, history, revisionsInUse(set, own));
    }
    await writeStatus(deps.context, daemonSets, set, statusOf(set, own, suitable, deps.now()));
    return nextAvailableInMs(own, set.spec.minReadySeconds ?? 0, deps.now());
  },
});

function namesOf(all: readonly Node[]): ReadonlySet<string> {
  return new Set(all.map(({ metadata }) => metadata.name ?? ''));
}

function revisionsInUse({ metadata }: DaemonSet, own: readonly Pod[]): ReadonlySet<string> {
  return new Set(own.map((pod) => `${metadata.name}-${pod.metadata.labels?.[revisionLabel]}`));
}

/** Whether the node is to have one, and whether one that it has may stay. Source: nodeShouldRunDaemonPod. */
function placeOn(set: DaemonSet, node: Node): { readonly shouldRun: boolean; readonly mayStay: boolean } {
  const { spec } = set.spec.template;
  // The pod's own affinity will name one node; the template's says which are meant.
  const isMeant = matchesNode(spec, node);
  const tolerations = toleratedBy(spec);
  const bears = (...effects: string[]) => untolerated({ tolerations }, node.spec, effects).length === 0;
  return {
    shouldRun: isMeant && bears('NoSchedule', 'NoExecute'),
    mayStay: isMeant && bears('NoExecute'),
  };
}

/** A pod for each node without one; none for others, none twice, and nothing that is over. */
async function manage(
  deps: ControllerDeps,
  set: DaemonSet,
  own: readonly Pod[],
  suitable: readonly Node[],
  bearable: ReadonlySet<string>,
): Promise<void> {
  const isSurging = surgeOf(set, suitable.length) > 0;
  const seen = new Set<string>();
  const unwanted = own.filter((pod) => {
    const node = nodeOf(pod);
    // During an update, there may be one of each template.
    const place = isSurging ? `${node}/${isUpToDate(set, pod)}` : node;
    const isSurplus = isOver(pod) || !bearable.has(node) || seen.has(place);
    if (!isSurplus) seen.add(place);
    return isSurplus && pod.metadata.deletionTimestamp === undefined;
  });
  const manager = { kind: daemonSets, object: set };
  await deletePods(deps, manager, unwanted);
  const missing = suitable.filter(({ metadata }) => !own.some((pod) => nodeOf(pod) === metadata.name));
  await makePods(
    deps,
    manager,
    missing.map(({ metadata }) => daemonPod(set, metadata.name ?? '')),
  );
}

function statusOf(
  set: DaemonSet,
  own: readonly Pod[],
  suitable: readonly Node[],
  now: number,
): DaemonSet['status'] {
  const names = new Set(suitable.map(({ metadata }) => metadata.name));
  const placed = own.filter((pod) => isActive(pod) && names.has(nodeOf(pod)));
  const available = placed.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length;
  const updated = placed.filter((pod) => isUpToDate(set, pod)).length;
  const missing = suitable.length - available;
  return {
    currentNumberScheduled: placed.length,
    numberMisscheduled: own.filter((pod) => isActive(pod) && !names.has(nodeOf(pod))).length,
    desiredNumberScheduled: suitable.length,
    numberReady: placed.filter(isReady).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(missing > 0 ? { numberUnavailable: missing } : {}),
  };
}
