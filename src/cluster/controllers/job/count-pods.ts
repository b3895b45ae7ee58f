import { isActive, isReady, isTerminating, restartsOf } from '../pods/pod-facts.ts';
import type { Job, Pod } from '../shapes.ts';
import { failureMatch } from './failure-policy.ts';
import { parseIndexes } from './index-ranges.ts';

export const indexAnnotation = 'batch.kubernetes.io/job-completion-index';

/** A job's pods by what has become of them. */
export interface Counts {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  /** Of an indexed job, one an index. */
  readonly succeeded: number;
  /** Those whose failure counts. */
  readonly failed: readonly Pod[];
  /** Why the job is to fail at once, by its policy. */
  readonly fatal: string | undefined;
  /** Restarts of containers, which count as failures too when the pod is not replaced. */
  readonly restarts: number;
  readonly succeededIndexes: ReadonlySet<number>;
  /** Indexes that have failed for good; empty unless every index has a limit of its own. */
  readonly failedIndexes: ReadonlySet<number>;
  /**
   * Not before then is a failed pod replaced, in milliseconds since the epoch; 0 when none has failed.
   * @param index of the job's whose indexes have limits of their own
   */
  retryAt(index: number): number;
  failuresOf(index: number): number;
}

/** Source: pkg/controller/job DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff. */
const firstBackOffMs = 10_000;
const longestBackOffMs = 600_000;

export function countPods(job: Job, own: readonly Pod[]): Counts {
  const { completionMode, completions = 0, template } = job.spec;
  const active = own.filter(isActive);
  const succeeded = own.filter(({ status }) => status.phase === 'Succeeded');
  const matches = own
    .filter(({ status }) => status.phase === 'Failed')
    .map((pod) => ({ pod, ...failureMatch(job, pod) }));
  const failed = matches.filter(({ action }) => action !== 'Ignore').map(({ pod }) => pod);
  const isIndexed = completionMode === 'Indexed';
  const known = (indexes: unknown) => parseIndexes(typeof indexes === 'string' ? indexes : '', completions);
  // What the status tells stays true when the pods are gone.
  const succeededIndexes = new Set(
    isIndexed ? [...known(job.status['completedIndexes']), ...succeeded.map(indexOf)] : [],
  );
  const { backoffLimitPerIndex: limit = Infinity } = job.spec;
  const byIndex = Map.groupBy(failed, indexOf);
  const outright = matches.filter(({ action }) => action === 'FailIndex').map(({ pod }) => indexOf(pod));
  const often = [...byIndex].filter(([, pods]) => pods.length > limit).map(([index]) => index);
  const failedIndexes = [...known(job.status['failedIndexes']), ...outright, ...often];
  const restarts = active.reduce((sum, pod) => sum + restartsOf(pod), 0);
  return {
    active,
    ready: active.filter(isReady).length,
    terminating: own.filter(isTerminating).length,
    succeeded: isIndexed ? succeededIndexes.size : succeeded.length,
    failed,
    fatal: matches.find(({ action }) => action === 'FailJob')?.message,
    restarts: template.spec['restartPolicy'] === 'OnFailure' ? restarts : 0,
    succeededIndexes,
    failedIndexes: new Set(failedIndexes.filter((index) => !succeededIndexes.has(index))),
    retryAt: (index) =>
      limit === Infinity ? retryAt(failed, succeeded) : retryAt(byIndex.get(index) ?? [], []),
    failuresOf: (index) => byIndex.get(index)?.length ?? 0,
  };
}

export function indexOf({ metadata }: Pod): number {
  return Number(metadata.annotations?.[indexAnnotation] ?? -1);
}

/** Every failure since the last success makes the next one wait longer. */
function retryAt(failed: readonly Pod[], succeeded: readonly Pod[]): number {
  const lastSuccess = Math.max(0, ...succeeded.map(endOf));
  const ends = failed.map(endOf).filter((end) => end > lastSuccess);
  if (ends.length === 0) return 0;
  return Math.max(...ends) + Math.min(longestBackOffMs, firstBackOffMs * 2 ** (ends.length - 1));
}

/** When the last container of a pod has ended; when it was made, if nobody knows. */
function endOf({ metadata, status }: Pod): number {
  const ends = (status.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state?.terminated?.finishedAt ?? ''),
  );
  const known = ends.filter((end) => !Number.isNaN(end));
  return known.length > 0 ? Math.max(...known) : Date.parse(metadata.creationTimestamp ?? '');
}
