import type { Deployment, ReplicaSet } from '../shapes.ts';
import { countedBy, isRolling, limitsOf, newestSize, wantedBy } from './limits.ts';

/** What a set is to be sized to. */
export interface Size {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** A deployment's sets: that of its present template, and all others, the oldest first. */
export interface Sets {
  readonly newest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/**
 * The next step of a rolling update: the new set grows as far as there is room, or else old ones shrink as far as enough
 * pods stay available. Source: pkg/controller/deployment/rolling.go.
 */
export function rollingStep(deployment: Deployment, { newest, old }: Sets): readonly Size[] {
  const all = [newest, ...old];
  if (newest !== undefined) {
    const wanted = deployment.spec.replicas;
    const own = newest.spec.replicas;
    const next = own > wanted ? wanted : newestSize(deployment, own, wantedBy(all));
    if (next !== own) return [{ set: newest, replicas: next }];
  }
  const minAvailable = deployment.spec.replicas - limitsOf(deployment).maxUnavailable;
  const missing = (newest?.spec.replicas ?? 0) - countedBy([newest], 'availableReplicas');
  const removable = wantedBy(all) - minAvailable - missing;
  if (removable <= 0 || wantedBy(old) === 0) return [];
  const trimmed = withoutUnhealthy(old, removable);
  return withoutSurplus(trimmed, countedBy(all, 'availableReplicas') - minAvailable);
}

/** What is not available does nobody any good: it goes first. Source: cleanupUnhealthyReplicas. */
function withoutUnhealthy(old: readonly ReplicaSet[], removable: number): readonly Size[] {
  let left = removable;
  return old.map((set) => {
    const unhealthy = Math.max(0, set.spec.replicas - (set.status.availableReplicas ?? 0));
    const removed = Math.min(unhealthy, left);
    left -= removed;
    return { set, replicas: set.spec.replicas - removed };
  });
}

/** Source: scaleDownOldReplicaSetsForRollingUpdate. */
function withoutSurplus(sizes: readonly Size[], surplus: number): readonly Size[] {
  let left = Math.max(0, surplus);
  return sizes.map(({ set, replicas }) => {
    const removed = Math.min(replicas, left);
    left -= removed;
    return { set, replicas: replicas - removed };
  });
}

/** Source: pkg/controller/deployment/recreate.go. */
export function recreateStep({ old }: Sets): readonly Size[] {
  return old.filter(({ spec }) => spec.replicas > 0).map((set) => ({ set, replicas: 0 }));
}

/**
 * The sets' sizes after the deployment's own has changed, or while it is paused: its only active set takes all, or, in the
 * middle of a rolling update, each its share. Source: pkg/controller/deployment/sync.go scale.
 */
export function scaledSizes(deployment: Deployment, sets: Sets): readonly Size[] {
  const { replicas, strategy } = deployment.spec;
  const all = sets.newest === undefined ? sets.old : [...sets.old, sets.newest];
  const active = all.filter(({ spec }) => spec.replicas > 0);
  const only = active.length <= 1 ? (active[0] ?? sets.newest ?? sets.old.at(-1)) : undefined;
  if (active.length <= 1) return only === undefined ? [] : [{ set: only, replicas }];
  if (isSaturated(deployment, sets.newest)) return recreateStep(sets);
  if (!isRolling(strategy.type)) return [];
  const allowed = replicas > 0 ? replicas + limitsOf(deployment).maxSurge : 0;
  return inProportion(active, allowed);
}

/** Whether the new set has taken over. Source: IsSaturated. */
function isSaturated({ spec }: Deployment, newest: ReplicaSet | undefined): boolean {
  const desired = newest?.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'];
  return (
    newest !== undefined &&
    Number(desired) === spec.replicas &&
    newest.spec.replicas === spec.replicas &&
    newest.status.availableReplicas === spec.replicas
  );
}

/** The largest set takes what rounding leaves over; of equal ones, the newer when it grows. */
function inProportion(active: readonly ReplicaSet[], allowed: number): readonly Size[] {
  const total = wantedBy(active);
  const toAdd = allowed - total;
  const newerFirst = active.toReversed();
  const sorted = (toAdd > 0 ? newerFirst : active).toSorted((a, b) => b.spec.replicas - a.spec.replicas);
  let added = 0;
  const sizes = sorted.map((set): Size => {
    const before = Number(set.metadata.annotations?.['deployment.kubernetes.io/max-replicas']) || total;
    const share = Math.round((set.spec.replicas * allowed) / before) - set.spec.replicas;
    const left = toAdd - added;
    const part = toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    added += part;
    return { set, replicas: Math.max(0, set.spec.replicas + part) };
  });
  const [first, ...others] = sizes;
  if (first === undefined) return [];
  return [{ ...first, replicas: Math.max(0, first.replicas + toAdd - added) }, ...others];
}
