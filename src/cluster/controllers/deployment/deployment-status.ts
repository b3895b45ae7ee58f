import { conditionOf, withCondition, withoutCondition } from '../condition-list.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../shapes.ts';
import { countedBy, limitsOf, wantedBy } from './limits.ts';
import type { Sets } from './sizes.ts';

/** What a look at a deployment is made with. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The same, as metav1.Time is written. */
  readonly time: string;
}

/** Without a deadline, nothing is said of progress. Source: deployment_util.go HasProgressDeadline. */
const noDeadline = 2 ** 31 - 1;

/** Counts and conditions. Source: pkg/controller/deployment/progress.go syncRolloutStatus, sync.go calculateStatus. */
export function rolloutStatus(deployment: Deployment, sets: Sets, moment: Moment): DeploymentStatus {
  const status = countedStatus(deployment, sets, moment);
  const before = status.conditions ?? [];
  const conditions = withFailure(
    hasDeadline(deployment) ? progressed() : withoutCondition(before, 'Progressing'),
    sets,
    moment,
  );
  return { ...status, conditions };

  function progressed(): readonly Condition[] {
    const current = conditionOf(before, 'Progressing');
    const isSettled =
      (status.replicas ?? 0) === (status.updatedReplicas ?? 0) &&
      current?.reason === 'NewReplicaSetAvailable';
    if (isSettled) return before;
    const condition = progressOf(deployment, status, current, sets, moment);
    if (condition === undefined) return before;
    if (condition.status !== current?.status || condition.reason !== 'ReplicaSetUpdated')
      return withCondition(before, condition, moment.time);
    // Every bit of progress starts the deadline anew.
    return [
      ...withoutCondition(before, 'Progressing'),
      { ...condition, lastTransitionTime: current.lastTransitionTime ?? moment.time },
    ];
  }
}

/** Milliseconds until the deployment counts as stuck, if it may. Source: progress.go requeueStuckDeployment. */
export function deadlineInMs(
  { spec }: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const condition = conditionOf(status.conditions, 'Progressing');
  const isDone = ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'].includes(condition?.reason ?? '');
  if (condition === undefined || isDone || spec.paused === true) return undefined;
  const since = Date.parse(condition.lastUpdateTime ?? '');
  return Math.max(0, since + (spec.progressDeadlineSeconds ?? 0) * 1000 - now) + 1000;
}

/** Counts, and whether enough is available; of progress what was said before. */
export function countedStatus(
  deployment: Deployment,
  { newest, old }: Sets,
  moment: Moment,
): DeploymentStatus {
  const all = [newest, ...old];
  const available = countedBy(all, 'availableReplicas');
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: countedBy(all, 'replicas'),
    updatedReplicas: countedBy([newest], 'replicas'),
    readyReplicas: countedBy(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wantedBy(all) - available),
    collisionCount: deployment.status.collisionCount ?? 0,
  };
  const isEnough = available >= deployment.spec.replicas - limitsOf(deployment).maxUnavailable;
  const condition: Condition = {
    type: 'Available',
    status: isEnough ? 'True' : 'False',
    reason: isEnough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${isEnough ? 'has' : 'does not have'} minimum availability.`,
    lastUpdateTime: moment.time,
  };
  const conditions = withCondition(deployment.status.conditions ?? [], condition, moment.time);
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const terminatingReplicas = terminatingBy(all);
  return { ...shown, ...(terminatingReplicas !== undefined && { terminatingReplicas }), conditions };
}

/**
 * How many of the sets' pods are on their way out; undefined while a set has not said it yet.
 * Source: deployment_util.go GetTerminatingReplicaCountForReplicaSets.
 */
function terminatingBy(sets: readonly (ReplicaSet | undefined)[]): number | undefined {
  const counts = sets.filter((set) => set !== undefined).map(({ status }) => status.terminatingReplicas);
  return counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

/** Whether the newest set has all pods, and only it has any. Source: deployment_util.go DeploymentComplete. */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  return (
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

export function hasDeadline({ spec }: Pick<Deployment, 'spec'>): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== noDeadline;
}

function progressOf(
  deployment: Deployment,
  status: DeploymentStatus,
  current: Condition | undefined,
  { newest }: Sets,
  { now, time }: Moment,
): Condition | undefined {
  const { name = '' } = (newest ?? deployment).metadata;
  const subject = `${newest === undefined ? 'Deployment' : 'ReplicaSet'} "${name}"`;
  const said = (state: 'True' | 'False', reason: string, what: string): Condition => ({
    type: 'Progressing',
    status: state,
    reason,
    message: `${subject} ${what}.`,
    lastUpdateTime: time,
  });
  if (isComplete(deployment, status))
    return said('True', 'NewReplicaSetAvailable', 'has successfully progressed');
  if (hasMoved(deployment.status, status)) return said('True', 'ReplicaSetUpdated', 'is progressing');
  if (isLate(deployment, current, now))
    return said('False', 'ProgressDeadlineExceeded', 'has timed out progressing');
  return undefined;
}

/** Source: deployment_util.go DeploymentProgressing. */
function hasMoved(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** Source: deployment_util.go DeploymentTimedOut. */
function isLate({ spec }: Deployment, current: Condition | undefined, now: number): boolean {
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  const since = Date.parse(current.lastUpdateTime ?? '');
  return since + (spec.progressDeadlineSeconds ?? 0) * 1000 < now;
}

/** What keeps pods from being made is said of the deployment too. */
function withFailure(
  list: readonly Condition[],
  { newest, old }: Sets,
  { time }: Moment,
): readonly Condition[] {
  const failure = [newest, ...old]
    .map((set) => conditionOf(set?.status.conditions, 'ReplicaFailure'))
    .find((each) => each !== undefined);
  if (failure === undefined) return withoutCondition(list, 'ReplicaFailure');
  return withCondition(list, { ...failure, lastUpdateTime: time }, time);
}
