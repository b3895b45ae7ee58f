import type { Job } from '../shapes.ts';
import { parseIndexes } from './index-ranges.ts';

/** When an indexed job has done enough. Source: Kubernetes api/batch/v1 SuccessPolicy. */
export interface SuccessPolicy {
  readonly rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[];
}

/** The first rule that is met, if one is. Source: pkg/controller/job/success_policy.go matchSuccessPolicy. */
export function metRule({ spec }: Job, succeeded: ReadonlySet<number>): number | undefined {
  const index = spec.successPolicy?.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeeded.size >= (succeededCount ?? Infinity);
    const meant = parseIndexes(succeededIndexes, spec.completions ?? 0);
    return meant.filter((each) => succeeded.has(each)).length >= (succeededCount ?? meant.length);
  });
  return index === undefined || index < 0 ? undefined : index;
}
