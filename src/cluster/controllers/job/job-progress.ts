import { conditionOf } from '../condition-list.ts';
import { isActive, isReady, restartsOf } from '../pods/pod-facts.ts';
import type { Condition, Job, Pod } from '../shapes.ts';

export const indexAnnotation = 'batch.kubernetes.io/job-completion-index';

/** A job's pods by what has become of them. */
export interface Counts {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  /** Of an indexed job, one pod an index. */
  readonly succeeded: readonly Pod[];
  readonly failed: readonly Pod[];
  /** Restarts of containers, which count as failures too when the pod is not replaced. */
  readonly restarts: number;
  /** Not before then is a failed pod replaced, in milliseconds since the epoch. */
  readonly retryAt: number;
}

/** How a job ends. */
export interface Verdict {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** Source: pkg/controller/job DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff. */
const firstBackOffMs = 10_000;
const longestBackOffMs = 600_000;

export function countPods(job: Job, own: readonly Pod[]): Counts {
  const active = own.filter(isActive);
  const failed = own.filter(({ status }) => status.phase === 'Failed');
  const succeeded = own.filter(({ status }) => status.phase === 'Succeeded');
  const byIndex = new Map(succeeded.map((pod) => [indexOf(pod), pod]));
  const onFailure = job.spec.template.spec['restartPolicy'] === 'OnFailure';
  const lastSuccess = Math.max(0, ...succeeded.map(endOf));
  const sinceSuccess = failed.filter((pod) => endOf(pod) > lastSuccess);
  const backOff = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (sinceSuccess.length - 1));
  return {
    active,
    ready: active.filter(isReady).length,
    terminating: own.filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp !== undefined && !['Failed', 'Succeeded'].includes(status.phase ?? ''),
    ).length,
    succeeded: job.spec.completionMode === 'Indexed' ? [...byIndex.values()] : succeeded,
    failed,
    restarts: onFailure ? active.reduce((sum, pod) => sum + restartsOf(pod), 0) : 0,
    retryAt: sinceSuccess.length === 0 ? 0 : Math.max(...sinceSuccess.map(endOf)) + backOff,
  };
}

export function indexOf({ metadata }: Pod): number {
  return Number(metadata.annotations?.[indexAnnotation] ?? -1);
}

/** When the last container of a pod has ended; when it was made, if nobody knows. */
function endOf({ metadata, status }: Pod): number {
  const ends = (status.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state?.terminated?.finishedAt ?? ''),
  );
  const known = ends.filter((end) => !Number.isNaN(end));
  return known.length > 0 ? Math.max(...known) : Date.parse(metadata.creationTimestamp ?? '');
}

/** Source: pkg/controller/job/job_controller.go syncJob, pastBackoffLimitOnFailure, pastActiveDeadline. */
export function verdictOn({ spec, status }: Job, counts: Counts, now: number): Verdict | undefined {
  const announced = announcedVerdict(status.conditions);
  if (announced !== undefined) return announced;
  const { backoffLimit = 6, activeDeadlineSeconds, completions, suspend } = spec;
  const failures = counts.failed.length + counts.restarts;
  if (failures > backoffLimit) {
    const message = 'Job has reached the specified backoff limit';
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message };
  }
  const startedAt = Date.parse(status.startTime ?? '');
  if (
    activeDeadlineSeconds !== undefined &&
    suspend !== true &&
    startedAt + activeDeadlineSeconds * 1000 <= now
  ) {
    const message = 'Job was active longer than specified deadline';
    return { type: 'Failed', reason: 'DeadlineExceeded', message };
  }
  const isDone =
    completions === undefined
      ? counts.succeeded.length > 0 && counts.active.length === 0
      : counts.succeeded.length >= completions;
  if (!isDone) return undefined;
  const message = 'Reached expected number of succeeded pods';
  return { type: 'Complete', reason: 'CompletionsReached', message };
}

/** What was said stays said, although the pods that it was said of are gone. */
function announcedVerdict(conditions: readonly Condition[] | undefined): Verdict | undefined {
  const failure = conditionOf(conditions, 'FailureTarget');
  const condition = failure ?? conditionOf(conditions, 'SuccessCriteriaMet');
  if (condition?.status !== 'True') return undefined;
  const { reason = '', message = '' } = condition;
  return { type: failure === undefined ? 'Complete' : 'Failed', reason, message };
}

/** How many pods are to run at the same time. Source: manageJob. */
export function wantedActive({ spec }: Job, { active, succeeded }: Counts): number {
  const { parallelism = 1, completions } = spec;
  // Without a number of completions, the first success means that there is no work left to begin.
  if (completions === undefined)
    return succeeded.length > 0 ? Math.min(active.length, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded.length));
}
