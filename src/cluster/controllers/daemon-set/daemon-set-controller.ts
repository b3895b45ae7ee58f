import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { resolve } from '../deployment/limits.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../kinds.ts';
import { claimed, managersConcerned } from '../ownership.ts';
import { deletePods, makePods } from '../pods/adjust-pods.ts';
import { isActive, isAvailable, isOver, isReady, nextAvailableInMs } from '../pods/pod-facts.ts';
import { forgetRevisions, keepRevision, revisionLabel } from '../revision-history.ts';
import type { DaemonSet, Node, Pod } from '../shapes.ts';
import { writeStatus } from '../writes.ts';
import { daemonPod, isUpToDate, nodeOf } from './daemon-pod.ts';

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
    const suitable = deps.world.list(nodes, '').filter((node) => fits(set, node));
    if (deletionTimestamp === undefined) {
      const history = await keepRevision(deps, daemonSets, set);
      await manage(deps, set, own, suitable);
      await update(deps, set, own, suitable.length);
      await forgetRevisions(deps, set, history, revisionsInUse(set, own));
    }
    await writeStatus(deps.context, daemonSets, set, statusOf(set, own, suitable, deps.now()));
    return nextAvailableInMs(own, set.spec.minReadySeconds ?? 0, deps.now());
  },
});

function revisionsInUse({ metadata }: DaemonSet, own: readonly Pod[]): ReadonlySet<string> {
  return new Set(own.map((pod) => `${metadata.name}-${pod.metadata.labels?.[revisionLabel]}`));
}

function fits({ spec }: DaemonSet, { metadata }: Node): boolean {
  const selector = Object.entries((spec.template.spec['nodeSelector'] ?? {}) as Record<string, string>);
  return selector.every(([key, value]) => metadata.labels?.[key] === value);
}

/** A pod for each node without one; none for others, none twice, and nothing that is over. */
async function manage(
  deps: ControllerDeps,
  set: DaemonSet,
  own: readonly Pod[],
  suitable: readonly Node[],
): Promise<void> {
  const names = new Set(suitable.map(({ metadata }) => metadata.name));
  const seen = new Set<string>();
  const unwanted = own.filter((pod) => {
    const node = nodeOf(pod);
    const isSurplus = isOver(pod) || !names.has(node) || seen.has(node);
    if (!isSurplus) seen.add(node);
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

/** Pods of an older template go when enough others are there. Source: daemon/update.go rollingUpdate. */
async function update(
  deps: ControllerDeps,
  set: DaemonSet,
  own: readonly Pod[],
  nodeCount: number,
): Promise<void> {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type === 'OnDelete') return;
  const allowed = Math.max(1, resolve(rollingUpdate?.maxUnavailable ?? 1, nodeCount, Math.ceil));
  const { minReadySeconds = 0 } = set.spec;
  const isUp = (pod: Pod) => isActive(pod) && isAvailable(pod, minReadySeconds, deps.now());
  const old = own.filter((pod) => isActive(pod) && !isUpToDate(set, pod));
  // What does not serve anyway costs nothing.
  const down = old.filter((pod) => !isUp(pod));
  const missing = nodeCount - own.filter(isUp).length;
  const replaceable = old.filter(isUp).slice(0, Math.max(0, allowed - missing));
  await deletePods(deps, { kind: daemonSets, object: set }, [...down, ...replaceable]);
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
