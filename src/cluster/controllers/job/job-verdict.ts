import { conditionOf } from '../condition-list.ts';
import type { Condition, Job } from '../shapes.ts';
import type { Counts } from './count-pods.ts';
import { metRule } from './success-policy.ts';

/** How a job ends. */
export interface Verdict {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** Source: pkg/controller/job/job_controller.go syncJob, pastBackoffLimitOnFailure, pastActiveDeadline. */
export function verdictOn(job: Job, counts: Counts, now: number): Verdict | undefined {
  return (
    announcedVerdict(job.status.conditions) ??
    failureOf(job, counts, now) ??
    indexFailure(job, counts) ??
    successOf(job, counts)
  );
}

/** What was said stays said, although the pods that it was said of are gone. */
function announcedVerdict(conditions: readonly Condition[] | undefined): Verdict | undefined {
  const failure = conditionOf(conditions, 'FailureTarget');
  const condition = failure ?? conditionOf(conditions, 'SuccessCriteriaMet');
  if (condition?.status !== 'True') return undefined;
  const { reason = '', message = '' } = condition;
  return { type: failure === undefined ? 'Complete' : 'Failed', reason, message };
}

function failed(reason: string, message: string): Verdict {
  return { type: 'Failed', reason, message };
}

function failureOf({ spec, status }: Job, counts: Counts, now: number): Verdict | undefined {
  const { backoffLimit = 6, activeDeadlineSeconds, suspend } = spec;
  if (counts.fatal !== undefined) return failed('PodFailurePolicy', counts.fatal);
  if (counts.failed.length + counts.restarts > backoffLimit)
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  const startedAt = Date.parse(status.startTime ?? '');
  const isLate = startedAt + (activeDeadlineSeconds ?? Infinity) * 1000 <= now;
  if (!isLate || suspend === true) return undefined;
  return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
}

function indexFailure({ spec }: Job, { failedIndexes, succeededIndexes }: Counts): Verdict | undefined {
  if (failedIndexes.size > (spec.maxFailedIndexes ?? Infinity)) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return failed('MaxFailedIndexesExceeded', message);
  }
  const areAllOver = failedIndexes.size + succeededIndexes.size >= (spec.completions ?? Infinity);
  return failedIndexes.size > 0 && areAllOver ? failed('FailedIndexes', 'Job has failed indexes') : undefined;
}

function successOf(job: Job, counts: Counts): Verdict | undefined {
  const { completions } = job.spec;
  const rule = metRule(job, counts.succeededIndexes);
  if (rule !== undefined)
    return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  const isDone =
    completions === undefined
      ? counts.succeeded > 0 && counts.active.length === 0
      : counts.succeeded >= completions;
  if (!isDone) return undefined;
  const message = 'Reached expected number of succeeded pods';
  return { type: 'Complete', reason: 'CompletionsReached', message };
}
