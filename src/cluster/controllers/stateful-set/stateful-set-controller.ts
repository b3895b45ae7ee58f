import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { resolve } from '../deployment/limits.ts';
import { claims, controllerRevisions, pods, statefulSets } from '../kinds.ts';
import { claimed, managersConcerned } from '../ownership.ts';
import { isActive, isAvailable, isOver, nextAvailableInMs } from '../pods/pod-facts.ts';
import {
  forgetRevisions,
  keepRevision,
  type RevisionHistory,
  revisionLabel,
  revisionName,
} from '../revision-history.ts';
import type { ControllerRevision, Pod, StatefulSet } from '../shapes.ts';
import { makeObject, removeObject, writeStatus } from '../writes.ts';
import { claimsOf, ordinalOf, podAt } from './stateful-pods.ts';
import { statefulSetStatus } from './stateful-set-status.ts';

/** Keeps numbered pods, each with its own claims, in order. Source: Kubernetes pkg/controller/statefulset. */
export const statefulSetController: Controller = controllerOf({
  name: 'statefulset-controller',
  kind: statefulSets,
  follows: [pods, claims, controllerRevisions],
  concerns: (world, change) => (change.type === claims ? [] : managersConcerned(world, statefulSets, change)),
  async reconcile(deps, set) {
    const { namespace = '', deletionTimestamp } = set.metadata;
    const candidates = deps.world.list(pods, namespace).filter((pod) => ordinalOf(set, pod) !== undefined);
    const own = await claimed(deps, { kind: statefulSets, object: set }, pods, candidates);
    const status = statefulSetStatus(set, own, deps.now());
    if (deletionTimestamp === undefined) {
      const history = await keepRevision(deps, statefulSets, set);
      await step(deps, set, own, history);
      await forgetRevisions(deps, set, history, revisionsInUse(status, own));
    }
    await writeStatus(deps.context, statefulSets, set, status);
    return nextAvailableInMs(own, set.spec.minReadySeconds ?? 0, deps.now());
  },
});

function revisionsInUse(status: StatefulSet['status'], own: readonly Pod[]): ReadonlySet<string> {
  return new Set([
    status.currentRevision ?? '',
    ...own.map(({ metadata }) => metadata.labels?.[revisionLabel] ?? ''),
  ]);
}

/** As far as it goes now: in order, each pod waits for the one before. Source: stateful_set_control.go. */
async function step(
  deps: ControllerDeps,
  set: StatefulSet,
  own: readonly Pod[],
  history: RevisionHistory,
): Promise<void> {
  const isParallel = set.spec.podManagementPolicy === 'Parallel';
  const { replicas, minReadySeconds = 0 } = set.spec;
  const start = set.spec.ordinals?.start ?? 0;
  const byOrdinal = new Map(own.map((pod) => [ordinalOf(set, pod) ?? -1, pod]));
  const isHealthy = (pod: Pod) => isActive(pod) && isAvailable(pod, minReadySeconds, deps.now());
  for (let ordinal = start; ordinal < start + replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) await makeAt(deps, set, ordinal, revisionAt(set, ordinal, history));
    else if (isOver(pod) && pod.metadata.deletionTimestamp === undefined) await deleteAt(deps, set, pod);
    if (!isParallel && (pod === undefined || !isHealthy(pod))) return;
  }
  const surplus = [...byOrdinal.keys()].filter((ordinal) => ordinal < start || ordinal >= start + replicas);
  for (const ordinal of surplus.toSorted((a, b) => b - a)) {
    const pod = byOrdinal.get(ordinal);
    if (pod !== undefined) await giveUp(deps, set, pod, ordinal);
    if (!isParallel) return;
  }
  await update(deps, set, byOrdinal, isHealthy);
}

/** One pod of an older template at a time, the last first, down to the partition. */
async function update(
  deps: ControllerDeps,
  set: StatefulSet,
  byOrdinal: ReadonlyMap<number, Pod>,
  isHealthy: (pod: Pod) => boolean,
): Promise<void> {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type === 'OnDelete') return;
  const revision = revisionName(set);
  const start = set.spec.ordinals?.start ?? 0;
  const most = resolve(rollingUpdate?.maxUnavailable ?? 1, set.spec.replicas, Math.ceil);
  if (most > 1) return updateSeveral(deps, set, { byOrdinal, isHealthy, most });
  for (
    let ordinal = start + set.spec.replicas - 1;
    ordinal >= start + (rollingUpdate?.partition ?? 0);
    ordinal--
  ) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) return;
    if (pod.metadata.labels?.[revisionLabel] !== revision) {
      if (isActive(pod)) await deleteAt(deps, set, pod);
      return;
    }
    if (!isHealthy(pod)) return;
  }
}

interface Several {
  readonly byOrdinal: ReadonlyMap<number, Pod>;
  isHealthy(pod: Pod): boolean;
  /** How many may be missing at a time. */
  readonly most: number;
}

/** As many pods of an older template at a time as may be missing. */
async function updateSeveral(
  deps: ControllerDeps,
  set: StatefulSet,
  { byOrdinal, isHealthy, most }: Several,
): Promise<void> {
  const start = set.spec.ordinals?.start ?? 0;
  const wanted = Array.from({ length: set.spec.replicas }, (_, index) => byOrdinal.get(start + index));
  const missing = wanted.filter((pod) => pod === undefined || !isHealthy(pod)).length;
  const revision = revisionName(set);
  const old = wanted
    .slice(set.spec.updateStrategy.rollingUpdate?.partition ?? 0)
    .filter((pod) => pod !== undefined)
    .filter((pod) => isActive(pod) && pod.metadata.labels?.[revisionLabel] !== revision);
  for (const pod of old.toReversed().slice(0, Math.max(0, most - missing))) await deleteAt(deps, set, pod);
}

/** Below the partition, pods are made as the others there are. Source: newVersionedStatefulSetPod. */
function revisionAt(
  { spec, status }: StatefulSet,
  ordinal: number,
  history: RevisionHistory,
): ControllerRevision {
  const { partition = 0 } = spec.updateStrategy.rollingUpdate ?? {};
  if (ordinal >= (spec.ordinals?.start ?? 0) + partition) return history.newest;
  return history.all.find(({ metadata }) => metadata.name === status.currentRevision) ?? history.newest;
}

async function makeAt(
  { context, world, tell }: ControllerDeps,
  set: StatefulSet,
  ordinal: number,
  revision: ControllerRevision,
): Promise<void> {
  const { namespace = '', name = '' } = set.metadata;
  for (const claim of claimsOf(set, ordinal)) {
    if (world.get(claims, namespace, claim.metadata.name ?? '') !== undefined) continue;
    await makeObject(context, claims, namespace, claim);
    const forPod = `Claim ${claim.metadata.name} Pod ${name}-${ordinal}`;
    tell(statefulSets, set, 'SuccessfulCreate', `create ${forPod} in StatefulSet ${name} success`);
  }
  await makeObject(context, pods, namespace, podAt(set, ordinal, revision));
  tell(
    statefulSets,
    set,
    'SuccessfulCreate',
    `create Pod ${name}-${ordinal} in StatefulSet ${name} successful`,
  );
}

async function deleteAt({ context, tell }: ControllerDeps, set: StatefulSet, pod: Pod): Promise<void> {
  await removeObject(context, pods, pod);
  const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  tell(statefulSets, set, 'SuccessfulDelete', message);
}

async function giveUp(deps: ControllerDeps, set: StatefulSet, pod: Pod, ordinal: number): Promise<void> {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  await deleteAt(deps, set, pod);
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
  for (const { metadata } of claimsOf(set, ordinal)) {
    const claim = deps.world.get(claims, set.metadata.namespace ?? '', metadata.name ?? '');
    if (claim !== undefined) await removeObject(deps.context, claims, claim);
  }
}
