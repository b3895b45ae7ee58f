import { autoscalers } from '../kinds.ts';
import type { World } from '../world.ts';
import type { Autoscaler } from './autoscaler.ts';

interface Timed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly replicas: number;
}

/** What an autoscaler must know of its last looks. Whoever leads anew has forgotten it, as kube-controller-manager would. */
export interface Memory {
  /** The wish that was looked at, as JSON, and when. */
  look: { readonly spec: string; readonly at: number } | undefined;
  /** How many pods the metrics called for. */
  recommendations: readonly Timed[];
  /** By how many it was changed. */
  scaleUps: readonly Timed[];
  scaleDowns: readonly Timed[];
}

const memories = new WeakMap<World, Map<string, Memory>>();

export function memoryOf(world: World, { metadata: { uid = '' } }: Autoscaler): Memory {
  const known = memories.get(world) ?? new Map<string, Memory>();
  memories.set(world, known);
  const found = known.get(uid);
  if (found !== undefined) return found;
  const living = new Set(world.list(autoscalers, '').map(({ metadata }) => metadata.uid));
  for (const each of known.keys()) if (!living.has(each)) known.delete(each);
  const memory: Memory = { look: undefined, recommendations: [], scaleUps: [], scaleDowns: [] };
  known.set(uid, memory);
  return memory;
}

/** A list with one more, without those that no rule can look back to. */
export function remember(list: readonly Timed[], next: Timed): readonly Timed[] {
  return [...list.filter(({ at }) => at > next.at - longestMs), next];
}

/** Source: pkg/apis/autoscaling/validation MaxPeriodSeconds, MaxStabilizationWindowSeconds. */
const longestMs = 3_600_000;
