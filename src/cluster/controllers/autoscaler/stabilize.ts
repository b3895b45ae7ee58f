import type { Autoscaler, ScalingRules } from './autoscaler.ts';
import type { Memory } from './memory.ts';

/** A wanted number of pods, as it is after rules, with the conditions that tell of it. */
export interface Stabilized {
  readonly replicas: number;
  readonly able: Told;
  readonly limited: Told & { readonly isLimited: boolean };
}

interface Told {
  readonly reason: string;
  readonly message: string;
}

interface Wanted {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Source: --horizontal-pod-autoscaler-downscale-stabilization. */
const defaultWindowSeconds = 300;

/**
 * Holds a wanted number against the ones of lately, and against how quickly it may change.
 * Source: Kubernetes pkg/controller/podautoscaler/horizontal.go normalizeDesiredReplicas, …WithBehaviors.
 */
export function stabilize(
  behavior: Autoscaler['spec']['behavior'],
  memory: Memory,
  wanted: Wanted,
): Stabilized {
  const stable =
    behavior === undefined ? withoutBehavior(memory, wanted) : withBehavior(behavior, memory, wanted);
  const able: Told =
    stable.replicas === wanted.desired
      ? { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
      : stable;
  const next = { ...wanted, desired: stable.replicas };
  const bounded = behavior === undefined ? boundedByDefault(next) : boundedByRules(behavior, memory, next);
  const isLimited = bounded.replicas !== stable.replicas;
  return { replicas: bounded.replicas, able, limited: { ...bounded, isLimited } };
}

type Numbered = Told & { readonly replicas: number };

const higher =
  'recent recommendations were higher than current one, applying the highest recent recommendation';
const lower = 'recent recommendations were lower than current one, applying the lowest recent recommendation';

/** Source: stabilizeRecommendation. */
function withoutBehavior({ recommendations }: Memory, { desired, now }: Wanted): Numbered {
  const recent = recommendations.filter(({ at }) => at >= now - defaultWindowSeconds * 1000);
  const replicas = Math.max(desired, ...recent.map((each) => each.replicas));
  return { replicas, reason: 'ScaleDownStabilized', message: higher };
}

/** Source: stabilizeRecommendationWithBehaviors. */
function withBehavior(
  { scaleUp, scaleDown }: NonNullable<Autoscaler['spec']['behavior']>,
  { recommendations }: Memory,
  { current, desired, now }: Wanted,
): Numbered {
  const since = (seconds: number) =>
    recommendations.filter(({ at }) => at > now - seconds * 1000).map(({ replicas }) => replicas);
  const up = Math.min(desired, ...since(scaleUp.stabilizationWindowSeconds ?? 0));
  const down = Math.max(desired, ...since(scaleDown.stabilizationWindowSeconds ?? defaultWindowSeconds));
  const replicas = Math.min(Math.max(current, up), down);
  return desired >= current
    ? { replicas, reason: 'ScaleUpStabilized', message: lower }
    : { replicas, reason: 'ScaleDownStabilized', message: higher };
}

const withinRange = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const tooFew = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const tooMany = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const tooFast = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const tooFastDown = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

/** Twice as many, or four. Source: convertDesiredReplicasWithRules, calculateScaleUpLimit. */
function boundedByDefault({ current, desired, min, max }: Wanted): Numbered {
  const limit = Math.max(2 * current, 4);
  if (desired < min) return { replicas: min, ...tooFew };
  if (desired > Math.min(max, limit)) {
    return max > limit ? { replicas: limit, ...tooFast } : { replicas: max, ...tooMany };
  }
  return { replicas: desired, ...withinRange };
}

/** Source: convertDesiredReplicasWithBehaviorRate. */
function boundedByRules(
  { scaleUp, scaleDown }: NonNullable<Autoscaler['spec']['behavior']>,
  memory: Memory,
  wanted: Wanted,
): Numbered {
  const { current, desired, min, max } = wanted;
  if (desired > current) {
    const limit = Math.max(current, limitOf(scaleUp, memory, wanted, 1));
    if (desired > Math.min(max, limit)) {
      return max > limit ? { replicas: limit, ...tooFast } : { replicas: max, ...tooMany };
    }
  } else if (desired < current) {
    const limit = Math.min(current, limitOf(scaleDown, memory, wanted, -1));
    if (desired < Math.max(min, limit)) {
      return min < limit ? { replicas: limit, ...tooFastDown } : { replicas: min, ...tooFew };
    }
  }
  return { replicas: desired, ...withinRange };
}

/**
 * How far the rules let it go, from how many there were when each one's period began.
 * Source: calculateScaleUpLimitWithScalingRules, calculateScaleDownLimitWithBehaviors.
 * @param direction 1 upwards, -1 downwards
 */
function limitOf(rules: ScalingRules, memory: Memory, { current, now }: Wanted, direction: 1 | -1): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const changed = (list: Memory['scaleUps'], seconds: number) =>
    list.filter(({ at }) => at > now - seconds * 1000).reduce((sum, { replicas }) => sum + replicas, 0);
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const before =
      current - changed(memory.scaleUps, periodSeconds) + changed(memory.scaleDowns, periodSeconds);
    if (type === 'Pods') return before + direction * value;
    const share = before * (1 + (direction * value) / 100);
    // Rounded up, so that few pods can become more at all.
    return direction === 1 ? Math.ceil(share) : Math.trunc(share);
  });
  // The policy that changes most, unless it is to be the one that changes least.
  const isLargest = (rules.selectPolicy === 'Min') !== (direction === 1);
  return isLargest ? Math.max(...limits) : Math.min(...limits);
}
