import type { CountOrShare, Deployment, ReplicaSet } from '../shapes.ts';

/** How far a deployment's pods may stray from their number meanwhile. Source: pkg/controller/deployment/util. */
export interface Limits {
  /** Pods that may be there beyond the wanted number. */
  readonly maxSurge: number;
  /** Wanted pods that may be missing. */
  readonly maxUnavailable: number;
}

export function limitsOf({ spec }: Deployment): Limits {
  if (!isRolling(spec.strategy.type) || spec.replicas === 0) return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = 0, maxUnavailable = 0 } = spec.strategy.rollingUpdate ?? {};
  const surge = resolve(maxSurge, spec.replicas, Math.ceil);
  const unavailable = resolve(maxUnavailable, spec.replicas, Math.floor);
  // With neither, nothing could ever move.
  const atLeastOne = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { maxSurge: surge, maxUnavailable: Math.min(atLeastOne, spec.replicas) };
}

export function isRolling(strategy: string): boolean {
  return strategy === 'RollingUpdate';
}

/** A share of a number of pods. Source: apimachinery/pkg/util/intstr GetScaledValueFromIntOrPercent. */
export function resolve(value: CountOrShare, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * of) / 100);
}

/** How many pods the sets want together. */
export function wantedBy(sets: readonly (ReplicaSet | undefined)[]): number {
  return sets.reduce((sum, set) => sum + (set?.spec.replicas ?? 0), 0);
}

/** How many of the sets' pods are there, ready or available together. */
export function countedBy(
  sets: readonly (ReplicaSet | undefined)[],
  count: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return sets.reduce((sum, set) => sum + (set?.status[count] ?? 0), 0);
}

/**
 * What the newest set may grow to. Source: NewRSNewReplicas.
 * @param own what it wants now
 * @param all what all sets want together now
 */
export function newestSize(deployment: Deployment, own: number, all: number): number {
  const { replicas, strategy } = deployment.spec;
  if (!isRolling(strategy.type)) return replicas;
  const room = replicas + limitsOf(deployment).maxSurge - all;
  return room <= 0 ? own : own + Math.min(room, replicas - own);
}
