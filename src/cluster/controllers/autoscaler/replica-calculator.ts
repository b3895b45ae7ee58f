import { conditionOf } from '../condition-list.ts';
import type { Pod } from '../shapes.ts';

/** Milli-units by the name of the pod. */
export type PodValues = ReadonlyMap<string, number>;

/** How far from the target is near enough, as a share of it. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export interface Proposal {
  readonly replicas: number;
  /** The average of a pod, in milli-units. */
  readonly average: number;
  /** Percent of what is asked for. */
  readonly utilization?: number;
}

export interface Question {
  readonly pods: readonly Pod[];
  readonly currentReplicas: number;
  readonly values: PodValues;
  readonly resource: string;
  readonly tolerances: Tolerances;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a set of values is of the target, and how it is shown. */
interface Measure {
  readonly ratio: number;
  readonly average: number;
  readonly utilization?: number;
}

/**
 * As many pods as bring what is used of what is asked for to the target. Throws an Error that says why it cannot be told.
 * Source: Kubernetes pkg/controller/podautoscaler/replica_calculator.go GetResourceReplicas.
 * @param requests what each pod asks for, in milli-units
 * @param target percent
 */
export function utilizationReplicas(question: Question, requests: PodValues, target: number): Proposal {
  const measure = (values: PodValues): Measure => {
    const names = [...values.keys()].filter((name) => requests.has(name));
    const used = names.reduce((sum, name) => sum + (values.get(name) ?? 0), 0);
    const asked = names.reduce((sum, name) => sum + (requests.get(name) ?? 0), 0);
    if (asked === 0) throw new Error('no metrics returned matched known pods');
    const utilization = Math.trunc((used * 100) / asked);
    return { ratio: utilization / target, average: Math.trunc(used / names.length), utilization };
  };
  const missingDown = (name: string) => ((requests.get(name) ?? 0) * Math.max(100, target)) / 100;
  return replicasFor(question, measure, missingDown);
}

/**
 * As many pods as bring what each uses to the target. Throws like utilizationReplicas. Source: GetRawResourceReplicas.
 * @param target milli-units
 */
export function valueReplicas(question: Question, target: number): Proposal {
  const measure = (values: PodValues): Measure => {
    const used = [...values.values()].reduce((sum, value) => sum + value, 0);
    const average = Math.trunc(used / values.size);
    return { ratio: average / target, average };
  };
  return replicasFor(question, measure, () => target);
}

/** @param missingDown what a pod without a value counts for when there may be too many pods */
function replicasFor(
  question: Question,
  measure: (values: PodValues) => Measure,
  missingDown: (name: string) => number,
): Proposal {
  const { pods, currentReplicas, tolerances } = question;
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const { ready, unready, missing, counted } = groupPods(question);
  if (counted.size === 0) {
    throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  }
  const { ratio, ...shown } = measure(counted);
  const isWithin = (each: number) => 1 - tolerances.down <= each && each <= 1 + tolerances.up;
  const countsUnready = unready.length > 0 && ratio > 1;
  if (!countsUnready && missing.length === 0) {
    return { ...shown, replicas: isWithin(ratio) ? currentReplicas : Math.ceil(ratio * ready) };
  }
  const all = new Map(counted);
  // What nothing is known of must not make it go further than it would otherwise.
  for (const name of missing) if (ratio !== 1) all.set(name, ratio < 1 ? missingDown(name) : 0);
  if (countsUnready) for (const name of unready) all.set(name, 0);
  const { ratio: next } = measure(all);
  const replicas = Math.ceil(next * all.size);
  const turnsRound = (ratio < 1 && next > 1) || (ratio > 1 && next < 1);
  const contradicts = (next < 1 && replicas > currentReplicas) || (next > 1 && replicas < currentReplicas);
  const stays = isWithin(next) || turnsRound || contradicts;
  return { ...shown, replicas: stays ? currentReplicas : replicas };
}

/** Source: kube-controller-manager --horizontal-pod-autoscaler-cpu-initialization-period, -initial-readiness-delay. */
const initializationMs = 300_000;
const initialReadinessMs = 30_000;
/** What a metric covers; see metrics. */
const windowMs = 15_000;

/** Source: groupPods. */
function groupPods({ pods, values, resource, now }: Question) {
  const counted = new Map<string, number>();
  const unready: string[] = [];
  const missing: string[] = [];
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const value = values.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === 'Failed') continue;
    if (pod.status.phase === 'Pending') unready.push(name);
    else if (value === undefined) missing.push(name);
    else if (resource === 'cpu' && isStarting(pod, now)) unready.push(name);
    else counted.set(name, value);
  }
  return { ready: counted.size, unready, missing, counted };
}

/** What a pod uses while it starts says nothing of what it will use. */
function isStarting({ status }: Pod, now: number): boolean {
  const condition = conditionOf(status.conditions, 'Ready');
  const startTime = Date.parse(status.startTime ?? '');
  if (condition === undefined || Number.isNaN(startTime)) return true;
  const since = Date.parse(condition.lastTransitionTime ?? '') || 0;
  if (startTime + initializationMs > now) return condition.status === 'False' || now < since + windowMs;
  return condition.status === 'False' && startTime + initialReadinessMs > since;
}
