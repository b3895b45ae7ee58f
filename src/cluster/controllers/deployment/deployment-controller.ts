import { timestamp } from '../../objects/object-context.ts';
import { conditionOf, withCondition } from '../condition-list.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { deployments, pods, replicaSets } from '../kinds.ts';
import { claimed, managerOf, managersConcerned } from '../ownership.ts';
import { isOver } from '../pods/pod-facts.ts';
import type { Condition, Deployment, ReplicaSet } from '../shapes.ts';
import { removeObject, writeStatus } from '../writes.ts';
import {
  countedStatus,
  deadlineInMs,
  hasDeadline,
  isComplete,
  type Moment,
  rolloutStatus,
} from './deployment-status.ts';
import { countedBy, isRolling } from './limits.ts';
import { partition, renumbered, resize, withNewest } from './replica-sets-of.ts';
import { desiredAnnotation, revisionAnnotation, revisionOf } from './revision.ts';
import { recreateStep, rollingStep, type Sets, scaledSizes } from './sizes.ts';

/**
 * Rolls a deployment's pods from template to template, a ReplicaSet each. Source: Kubernetes pkg/controller/deployment.
 */
export const deploymentController: Controller = controllerOf({
  name: 'deployment-controller',
  kind: deployments,
  follows: [replicaSets, pods],
  concerns(world, change) {
    if (change.type !== pods) return managersConcerned(world, deployments, change);
    // Only Recreate waits for pods themselves; all else is said in the sets' status.
    const owner = managerOf(change.object);
    const set = world.get(replicaSets, change.object.metadata.namespace ?? '', owner?.name ?? '');
    return set === undefined
      ? []
      : managersConcerned(world, deployments, { ...change, object: set, previous: undefined });
  },
  async reconcile(deps, seen) {
    const { context, world } = deps;
    const moment = { now: deps.now(), time: timestamp(context) };
    const candidates = world.list(replicaSets, seen.metadata.namespace ?? '');
    const own = await claimed(deps, { kind: deployments, object: seen }, replicaSets, candidates);
    const sets = partition(seen, own);
    if (seen.metadata.deletionTimestamp !== undefined) {
      await writeStatus(context, deployments, seen, countedStatus(seen, sets, moment));
      return undefined;
    }
    const deployment = await withPause(deps, seen, moment);
    if (deployment.spec.paused === true || isBeingScaled(deployment, sets)) {
      return follow(deps, deployment, sets, moment);
    }
    return rollOut(deps, deployment, sets, moment);
  },
});

/** Sizes what there is, makes nothing new. Source: sync.go sync. */
async function follow(
  deps: ControllerDeps,
  seen: Deployment,
  sets: Sets,
  moment: Moment,
): Promise<number | undefined> {
  const { newest } = sets;
  const known =
    newest && (await renumbered(deps, seen, newest, Math.max(0, ...sets.old.map(revisionOf)) + 1));
  const current = { ...sets, newest: known };
  const deployment = await announced(deps, seen, sets, current, moment);
  await resize(deps, deployment, scaledSizes(deployment, current));
  if (deployment.spec.paused === true) await forgetOldest(deps, deployment, sets.old);
  const status = countedStatus(deployment, current, moment);
  await writeStatus(deps.context, deployments, deployment, status);
  return undefined;
}

async function rollOut(
  deps: ControllerDeps,
  seen: Deployment,
  found: Sets,
  moment: Moment,
): Promise<number | undefined> {
  const isRecreate = !isRolling(seen.spec.strategy.type);
  const mustWait = isRecreate && (recreateStep(found).length > 0 || oldPodsRun(deps, found.old));
  const sets = mustWait ? found : await withNewest(deps, seen, found);
  const deployment = await announced(deps, seen, found, sets, moment);
  const newest = sets.newest;
  const grown = newest === undefined ? [] : [{ set: newest, replicas: deployment.spec.replicas }];
  const recreated = mustWait ? recreateStep(sets) : grown;
  await resize(deps, deployment, isRecreate ? recreated : rollingStep(deployment, sets));
  if (isComplete(deployment, deployment.status)) await forgetOldest(deps, deployment, sets.old);
  const status = rolloutStatus(deployment, sets, moment);
  await writeStatus(deps.context, deployments, deployment, status);
  return deadlineInMs(deployment, status, moment.now);
}

/**
 * The deployment shows the newest set's number, and says when there is a new one: that starts the deadline anew.
 * Source: sync.go getNewReplicaSet.
 */
async function announced(
  { context }: ControllerDeps,
  deployment: Deployment,
  before: Sets,
  { newest }: Sets,
  { time }: Moment,
): Promise<Deployment> {
  if (newest === undefined) return deployment;
  const revision = newest.metadata.annotations?.[revisionAnnotation];
  const annotations = {
    ...deployment.metadata.annotations,
    ...(revision !== undefined && { [revisionAnnotation]: revision }),
  };
  const status = started(deployment, before.newest === undefined, newest, time);
  return writeStatus(context, deployments, deployment, status, annotations);
}

function started(
  { spec, status }: Deployment,
  isMade: boolean,
  { metadata }: ReplicaSet,
  time: string,
): Deployment['status'] {
  const { conditions = [] } = status;
  const isKnown = conditionOf(conditions, 'Progressing') !== undefined;
  if (!hasDeadline({ spec }) || (isKnown && !isMade)) return status;
  const condition: Condition = {
    type: 'Progressing',
    status: 'True',
    reason: isMade ? 'NewReplicaSetCreated' : 'FoundNewReplicaSet',
    message: `${isMade ? 'Created' : 'Found'} new replica set "${metadata.name}"`,
    lastUpdateTime: time,
  };
  return { ...status, conditions: withCondition(conditions, condition, time) };
}

/** Source: recreate.go oldPodsRunning. */
function oldPodsRun({ world }: ControllerDeps, old: readonly ReplicaSet[]): boolean {
  if (countedBy(old, 'replicas') > 0) return true;
  const uids = new Set(old.map(({ metadata }) => metadata.uid));
  const namespace = old[0]?.metadata.namespace ?? '';
  return (
    uids.size > 0 &&
    world.list(pods, namespace).some((pod) => uids.has(managerOf(pod)?.uid ?? '') && !isOver(pod))
  );
}

/** A pause stops the clock of the deadline. Source: sync.go checkPausedConditions. */
async function withPause(
  { context }: ControllerDeps,
  deployment: Deployment,
  { time }: Moment,
): Promise<Deployment> {
  const { conditions = [] } = deployment.status;
  const current = conditionOf(conditions, 'Progressing');
  if (!hasDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return deployment;
  const isPaused = deployment.spec.paused === true;
  const wasPaused = current?.reason === 'DeploymentPaused';
  if (isPaused === wasPaused) return deployment;
  const condition: Condition = {
    type: 'Progressing',
    status: 'Unknown',
    reason: isPaused ? 'DeploymentPaused' : 'DeploymentResumed',
    message: `Deployment is ${isPaused ? 'paused' : 'resumed'}`,
    lastUpdateTime: time,
  };
  return writeStatus(context, deployments, deployment, {
    ...deployment.status,
    conditions: withCondition(conditions, condition, time),
  });
}

/** Whether an active set was sized for another number of pods. Source: sync.go isScalingEvent. */
function isBeingScaled({ spec }: Deployment, { newest, old }: Sets): boolean {
  return [newest, ...old].some((set) => {
    const desired = set?.metadata.annotations?.[desiredAnnotation];
    return (
      set !== undefined && set.spec.replicas > 0 && desired !== undefined && Number(desired) !== spec.replicas
    );
  });
}

/** Deletes the oldest sets beyond the history's limit. Source: sync.go cleanupDeployment. */
async function forgetOldest(
  { context }: ControllerDeps,
  { spec }: Deployment,
  old: readonly ReplicaSet[],
): Promise<void> {
  if (spec.revisionHistoryLimit === undefined) return;
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const oldestFirst = alive.toSorted((a, b) => revisionOf(a) - revisionOf(b));
  const surplus = Math.max(0, alive.length - spec.revisionHistoryLimit);
  for (const set of oldestFirst.slice(0, surplus)) {
    const isSettled = (set.metadata.generation ?? 0) <= (set.status.observedGeneration ?? 0);
    const isEmpty = set.spec.replicas === 0 && (set.status.replicas ?? 0) === 0;
    if (isSettled && isEmpty) await removeObject(context, replicaSets, set);
  }
}
