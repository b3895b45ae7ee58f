import { conditionOf, withCondition } from '../condition-list.ts';
import type { Condition, Job, JobStatus } from '../shapes.ts';
import type { Counts } from './count-pods.ts';
import { printIndexes } from './index-ranges.ts';
import type { Verdict } from './job-verdict.ts';

/** When the job has ended, in milliseconds since the epoch; undefined while it has not. */
export function finishedAt({ status }: Job): number | undefined {
  const condition = ['Complete', 'Failed']
    .map((type) => conditionOf(status.conditions, type))
    .find((each) => each?.status === 'True');
  return condition && (Date.parse(condition.lastTransitionTime ?? '') || 0);
}

/** Milliseconds until activeDeadlineSeconds have passed. */
export function untilDeadlineMs({ spec, status }: Job, now: number): number | undefined {
  const startedAt = Date.parse(status.startTime ?? '');
  if (spec.activeDeadlineSeconds === undefined) return undefined;
  return Math.max(0, (Number.isNaN(startedAt) ? now : startedAt) + spec.activeDeadlineSeconds * 1000 - now);
}

/**
 * Counts and conditions. A verdict comes in two steps: what it will be, and, when no pod is left, that it is so.
 * Source: pkg/controller/job/job_controller.go.
 * @param time now, as metav1.Time is written
 */
export function jobStatus(job: Job, counts: Counts, verdict: Verdict | undefined, time: string): JobStatus {
  const isSuspended = job.spec.suspend === true && verdict === undefined;
  const isEnding = verdict !== undefined;
  const left = isEnding ? counts.active.length + counts.terminating : 0;
  const isOver = isEnding && left === 0;
  const conditions = withVerdict(withSuspension(job, isSuspended, time), verdict, isOver, time);
  const startTime = isSuspended ? undefined : (job.status.startTime ?? time);
  // What is ended before its time has failed; pods that are gone have not been forgotten.
  const ended = verdict?.type === 'Failed' ? counts.active.length : 0;
  const failed = Math.max(counts.failed.length + ended, job.status.failed ?? 0);
  return {
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(startTime === undefined ? {} : { startTime }),
    ...(isOver && verdict.type === 'Complete' ? { completionTime: time } : {}),
    ...positive({ active: isEnding || isSuspended ? 0 : counts.active.length }),
    ...positive({ succeeded: Math.max(counts.succeeded, job.status.succeeded ?? 0), failed }),
    terminating: counts.terminating,
    ready: isEnding ? 0 : counts.ready,
    uncountedTerminatedPods: {},
    ...(counts.succeededIndexes.size > 0 ? { completedIndexes: printIndexes(counts.succeededIndexes) } : {}),
    ...(job.spec.backoffLimitPerIndex === undefined
      ? {}
      : { failedIndexes: printIndexes(counts.failedIndexes) }),
  };
}

function positive(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function withVerdict(
  list: readonly Condition[],
  verdict: Verdict | undefined,
  isOver: boolean,
  time: string,
): readonly Condition[] {
  if (verdict === undefined) return list;
  const { type, reason, message } = verdict;
  const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const condition = { status: 'True', reason, message, lastProbeTime: time } as const;
  const announced = withCondition(list, { ...condition, type: first }, time);
  return isOver ? withCondition(announced, { ...condition, type }, time) : announced;
}

function withSuspension({ status }: Job, isSuspended: boolean, time: string): readonly Condition[] {
  const { conditions = [] } = status;
  if (isSuspended) {
    const said = { reason: 'JobSuspended', message: 'Job suspended', lastProbeTime: time };
    return withCondition(conditions, { type: 'Suspended', status: 'True', ...said }, time);
  }
  if (conditionOf(conditions, 'Suspended')?.status !== 'True') return conditions;
  const said = { reason: 'JobResumed', message: 'Job resumed', lastProbeTime: time };
  return withCondition(conditions, { type: 'Suspended', status: 'False', ...said }, time);
}
