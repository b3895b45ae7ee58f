import { type FollowedKind, type FollowKindDeps, followKind } from '../objects/follow-kind.ts';
import type { Quota } from '../quota/index.ts';
import { builtInType, coreType } from '../resources/index.ts';
import type { LimitRange } from './limit-ranges.ts';
import type { PriorityClass } from './priority.ts';

/** What decides about many a write and seldom changes. */
export interface Surroundings {
  readonly limitRanges: FollowedKind<LimitRange>;
  readonly priorityClasses: FollowedKind<PriorityClass>;
  /** Whether there are any: what they have left is read when it is spent. */
  readonly quotas: FollowedKind<Quota>;
  close(): void;
}

export async function followSurroundings(deps: FollowKindDeps): Promise<Surroundings> {
  const [limitRanges, priorityClasses, quotas] = await Promise.all([
    followKind<LimitRange>(deps, coreType('limitranges')),
    followKind<PriorityClass>(deps, builtInType('scheduling.k8s.io', 'priorityclasses')),
    followKind<Quota>(deps, coreType('resourcequotas')),
  ]);
  return {
    limitRanges,
    priorityClasses,
    quotas,
    close() {
      for (const kind of [limitRanges, priorityClasses, quotas]) kind.close();
    },
  };
}
