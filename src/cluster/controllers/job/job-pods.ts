import type { KubeObject } from '../../resources/index.ts';
import { jobs } from '../kinds.ts';
import { podOfTemplate } from '../pods/pod-of-template.ts';
import type { Job } from '../shapes.ts';
import { type Counts, indexAnnotation, indexOf } from './count-pods.ts';

interface Container {
  readonly env?: readonly { readonly name: string }[];
}

/** How many pods are to run at the same time. Source: pkg/controller/job/job_controller.go manageJob. */
export function wantedActive({ spec }: Job, { active, succeeded, failedIndexes }: Counts): number {
  const { parallelism = 1, completions } = spec;
  // Without a number of completions, the first success means that there is no work left to begin.
  if (completions === undefined) return succeeded > 0 ? Math.min(active.length, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded - failedIndexes.size));
}

/** What is to be made now, and when to look again for what has to wait. */
export interface NewPods {
  readonly pods: readonly KubeObject[];
  /** Milliseconds since the epoch; undefined when nothing waits. */
  readonly nextAt: number | undefined;
}

/** The next pods of a job; of an indexed one, those of the lowest indexes that are neither done nor under way. */
export function newPods(job: Job, counts: Counts, count: number, now: number): NewPods {
  const { name = '' } = job.metadata;
  const everyIndex = job.spec.backoffLimitPerIndex !== undefined;
  const retryAt = everyIndex ? 0 : counts.retryAt(-1);
  if (retryAt > now) return { pods: [], nextAt: retryAt };
  if (job.spec.completionMode !== 'Indexed') {
    const pod = () =>
      podOfTemplate(job.spec.template, { kind: jobs, object: job }, { generateName: `${name}-` });
    return { pods: Array.from({ length: count }, pod), nextAt: undefined };
  }
  const taken = new Set([...counts.active.map(indexOf), ...counts.succeededIndexes, ...counts.failedIndexes]);
  const free = Array.from({ length: job.spec.completions ?? 0 }, (_, index) => index).filter(
    (index) => !taken.has(index),
  );
  const waiting = everyIndex ? free.filter((index) => counts.retryAt(index) > now) : [];
  const ready = free.filter((index) => !waiting.includes(index)).slice(0, count);
  return {
    pods: ready.map((index) => indexedPod(job, index, everyIndex ? counts.failuresOf(index) : undefined)),
    nextAt: waiting.length === 0 ? undefined : Math.min(...waiting.map((index) => counts.retryAt(index))),
  };
}

/**
 * Source: pkg/controller/job/indexed_job_utils.go.
 * @param failures how many pods of the index have failed; undefined where nobody counts
 */
function indexedPod(job: Job, index: number, failures: number | undefined): KubeObject {
  const { name = '' } = job.metadata;
  const pod = podOfTemplate(
    job.spec.template,
    { kind: jobs, object: job },
    { generateName: `${name}-${index}-` },
  );
  const value = String(index);
  const counted = failures === undefined ? {} : { [failuresAnnotation]: String(failures) };
  const containers = (pod.spec['containers'] as readonly Container[]).map(withIndex);
  const initContainers = (pod.spec['initContainers'] as readonly Container[] | undefined)?.map(withIndex);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata.labels, [indexAnnotation]: value },
      annotations: { ...pod.metadata.annotations, [indexAnnotation]: value, ...counted },
    },
    spec: {
      ...pod.spec,
      hostname: `${name}-${index}`,
      containers,
      ...(initContainers === undefined ? {} : { initContainers }),
    },
  };
}

const failuresAnnotation = 'batch.kubernetes.io/job-index-failure-count';
const indexVariable = 'JOB_COMPLETION_INDEX';

function withIndex(container: Container): Container {
  const valueFrom = {
    fieldRef: { apiVersion: 'v1', fieldPath: `metadata.annotations['${indexAnnotation}']` },
  };
  const others = (container.env ?? []).filter((each) => each.name !== indexVariable);
  const variable = { name: indexVariable, valueFrom };
  return { ...container, env: [...others, variable] };
}
