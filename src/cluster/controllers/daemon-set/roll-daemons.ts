import type { ControllerDeps } from '../controller.ts';
import { resolve } from '../deployment/limits.ts';
import { daemonSets } from '../kinds.ts';
import { deletePods, makePods } from '../pods/adjust-pods.ts';
import { isActive, isAvailable } from '../pods/pod-facts.ts';
import type { DaemonSet, Pod } from '../shapes.ts';
import { daemonPod, isUpToDate, nodeOf } from './daemon-pod.ts';

/** How many nodes may have two pods during an update, the old and the new one. */
export function surgeOf({ spec }: DaemonSet, nodeCount: number): number {
  const { type, rollingUpdate } = spec.updateStrategy;
  return type === 'OnDelete' ? 0 : resolve(rollingUpdate?.maxSurge ?? 0, nodeCount, Math.ceil);
}

/** Replaces pods of an older template, as fast as the strategy allows. Source: Kubernetes pkg/controller/daemon/update.go rollingUpdate. */
export async function rollDaemons(
  deps: ControllerDeps,
  set: DaemonSet,
  own: readonly Pod[],
  nodes: ReadonlySet<string>,
): Promise<void> {
  if (set.spec.updateStrategy.type === 'OnDelete') return;
  const { minReadySeconds = 0 } = set.spec;
  const isUp = (pod: Pod) => isActive(pod) && isAvailable(pod, minReadySeconds, deps.now());
  const surge = surgeOf(set, nodes.size);
  if (surge > 0) await addBeside(deps, set, { own, nodes, surge, isUp });
  else await takeAway(deps, set, own, nodes.size, isUp);
}

/** Pods of an older template go when enough others are there. */
async function takeAway(
  deps: ControllerDeps,
  set: DaemonSet,
  own: readonly Pod[],
  nodeCount: number,
  isUp: (pod: Pod) => boolean,
): Promise<void> {
  const { rollingUpdate } = set.spec.updateStrategy;
  const allowed = Math.max(1, resolve(rollingUpdate?.maxUnavailable ?? 1, nodeCount, Math.ceil));
  const old = own.filter((pod) => isActive(pod) && !isUpToDate(set, pod));
  // What does not serve anyway costs nothing.
  const down = old.filter((pod) => !isUp(pod));
  const missing = nodeCount - own.filter(isUp).length;
  const replaceable = old.filter(isUp).slice(0, Math.max(0, allowed - missing));
  await deletePods(deps, { kind: daemonSets, object: set }, [...down, ...replaceable]);
}

interface Surging {
  readonly own: readonly Pod[];
  readonly nodes: ReadonlySet<string>;
  readonly surge: number;
  isUp(pod: Pod): boolean;
}

/** A new pod comes beside the old one, which goes when the new one serves. */
async function addBeside(
  deps: ControllerDeps,
  set: DaemonSet,
  { own, nodes, surge, isUp }: Surging,
): Promise<void> {
  const manager = { kind: daemonSets, object: set };
  const on = (node: string, current: boolean) =>
    own.find((pod) => isActive(pod) && nodeOf(pod) === node && isUpToDate(set, pod) === current);
  const states = [...nodes].map((node) => ({ node, old: on(node, false), now: on(node, true) }));
  const both = states.filter(({ old, now }) => old !== undefined && now !== undefined);
  const done = both.filter(({ now }) => now !== undefined && isUp(now));
  await deletePods(
    deps,
    manager,
    done.flatMap(({ old }) => old ?? []),
  );
  const alone = states.filter(({ old, now }) => old !== undefined && now === undefined);
  // Beside what does not serve, a new one costs nothing.
  const free = alone.filter(({ old }) => old !== undefined && !isUp(old));
  const left = Math.max(0, surge - (both.length - done.length));
  const next = [...free, ...alone.filter((state) => !free.includes(state)).slice(0, left)];
  await makePods(
    deps,
    manager,
    next.map(({ node }) => daemonPod(set, node)),
  );
}
